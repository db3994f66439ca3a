// Tryton as an ERP nobody here wrote, reached by what sync/examples/tryton configures.
#include "tests/e2e/peers/peer_day.h"

#include <algorithm>
#include <set>

namespace tillkeeper::lab {
namespace {

const std::string kCount = "select count(*) from sale_sale where state = 'done'";
const std::string kSales =
    "select s.web_id, s.state, s.number, s.total_amount_cache, p.code, "
    "(select count(*) from sale_line l where l.sale = s.id) "
    "from sale_sale s join party_party p on p.id = s.party";

class Tryton : public PeerDay {
  protected:
    void SetUp() override {
        open({.name = "tryton",
              .cluster = std::string(TRYTON_DATABASE) + "/cluster",
              .command = {std::string(PEERS) + "/tryton/serve"}},
             "tryton.password");
    }
    static bool goes_there(const Booked& entry) {
        return entry.type == "sale" || entry.type == "return" || entry.type == "exchange";
    }
    // Each with its number, amount, customer and lines; nothing else, and nothing twice. How many are returns.
    std::int64_t expect_the_same_books() {
        auto books = rows(kSales);
        std::int64_t returns = 0;
        std::set<std::string> members;
        for (const auto& [id, entry] : journal("tryton")) {
            EXPECT_EQ(entry.state, goes_there(entry) ? "delivered" : "not_sent") << id;
            if (!goes_there(entry)) continue;
            returns += entry.type == "return" ? 1 : 0;
            if (!entry.member_id.empty()) members.insert(entry.member_id);
            EXPECT_FALSE(entry.document.empty()) << id;
            EXPECT_EQ(books[id], "done|" + entry.document + "|" + pounds(entry.total) + "|" +
                                     (entry.member_id.empty() ? "walk-in" : entry.member_id) + "|" +
                                     std::to_string(entry.transaction["lines"].items().size()));
            books.erase(id);
        }
        EXPECT_TRUE(books.empty()) << books.size() << " sales that the store did not make, " << books.begin()->first;
        const auto customers = rows("select code from party_party where name like 'Member %'");
        EXPECT_EQ(customers.size(), members.size());
        return returns;
    }
};

TEST_F(Tryton, HasEverySaleOnceThroughOutageAndKills) {  // [sync-4] [sync-5] [sync-12] [sync-17]
    sell(300);
    go_through_trouble(kCount);
    if (HasFatalFailure()) return;
    expect_all_delivered("tryton");
    EXPECT_GT(expect_the_same_books(), 0) << "no return among them";
}

// A second destination that does not look before it creates, and so is told inside 200 that the web ID must be unique.
TEST_F(Tryton, ADuplicateCountsOnceItWasLookedUp) {
    sell(20);
    expect_all_delivered("tryton");
    const auto program = read_file(agent_folder() / "tryton.jq");
    ASSERT_TRUE(write_file(agent_folder() / "blind.jq", blind(program, "{result: []}")));
    add_destination(replaced(replaced(lines_, "name = \"tryton\"", "name = \"blind\""), "tryton.jq", "blind.jq"));
    if (HasFatalFailure()) return;
    expect_all_delivered("blind");
    expect_the_same_books();
    for (const auto& [id, entry] : journal("blind")) EXPECT_EQ(entry.document.empty(), !goes_there(entry)) << id;
}

}  // namespace
}  // namespace tillkeeper::lab
