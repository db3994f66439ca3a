// Vendure as an OMS nobody here wrote, reached by what sync/examples/vendure configures.
#include "tests/e2e/peers/peer_day.h"

namespace tillkeeper::lab {
namespace {

const std::string kCount = R"(select count(*) from "order" where state = 'PaymentSettled')";
const std::string kOrders =
    R"(select o."customFieldsPosreceiptid", o.state, o.code, o."subTotalWithTax", o."currencyCode", )"
    R"((select string_agg(p.state || ' ' || p.amount, ',') from payment p where p."orderId" = o.id), )"
    R"(coalesce((select c."emailAddress" from customer c where c.id = o."customerId"), '') from "order" o)";

class Vendure : public PeerDay {
  protected:
    void SetUp() override {
        open({.name = "vendure",
              .cluster = std::string(VENDURE_DATABASE) + "/cluster",
              .command = {NODE, std::string(PEERS) + "/vendure/serve.js"}},
             "vendure.key");
    }
    // Each sale with its number, amount, customer and payment; nothing else, nothing twice, no draft.
    void expect_the_same_orders() {
        auto orders = rows(kOrders);
        std::int64_t sales = 0;
        for (const auto& [id, entry] : journal("vendure")) {
            EXPECT_EQ(entry.state, entry.type == "sale" ? "delivered" : "not_sent") << id;
            EXPECT_EQ(entry.document.empty(), entry.type != "sale") << id;
            if (entry.type != "sale") continue;
            ++sales;
            const auto total = std::to_string(entry.total);
            const auto customer = entry.member_id.empty() ? "" : entry.member_id + "@members.example";
            EXPECT_EQ(orders[id],
                      "PaymentSettled|" + entry.document + "|" + total + "|GBP|Settled " + total + "|" + customer);
            orders.erase(id);
        }
        EXPECT_GT(sales, 0);
        EXPECT_TRUE(orders.empty()) << orders.size() << " orders that are no sale, " << orders.begin()->second;
    }
};

TEST_F(Vendure, HasEverySaleOnceThroughOutageAndKills) {  // [sync-4] [sync-5] [sync-12] [sync-17]
    sell(300);
    go_through_trouble(kCount);
    if (HasFatalFailure()) return;
    expect_all_delivered("vendure");
    expect_the_same_orders();
}

// A second destination that does not look before it creates, and so is told in the words of the database, inside 200.
TEST_F(Vendure, ADuplicateCountsOnceItWasLookedUp) {
    sell(20);
    expect_all_delivered("vendure");
    const auto program = read_file(agent_folder() / "vendure.jq");
    ASSERT_TRUE(write_file(agent_folder() / "blind.jq", blind(program, "{data: {orders: {items: []}}}")));
    add_destination(replaced(replaced(lines_, "name = \"vendure\"", "name = \"blind\""), "vendure.jq", "blind.jq"));
    if (HasFatalFailure()) return;
    expect_all_delivered("blind");
    expect_the_same_orders();
    for (const auto& [id, entry] : journal("blind")) EXPECT_EQ(entry.document.empty(), entry.type != "sale") << id;
}

}  // namespace
}  // namespace tillkeeper::lab
