// A destination that is a broker: a real Mosquitto that goes away while a backlog is drained.
#include <map>
#include <set>

#include "tests/sync/cloud_delivery.h"
#include "tests/sync/tls_broker.h"

namespace tillkeeper::sync {
namespace {

constexpr int kSales = 3000;

class AtTheBroker : public CloudDelivery, public ::testing::WithParamInterface<bool> {
  protected:
    void sell_many() {
        for (int i = 0; i < kSales; ++i) {
            storage::Entry entry;
            entry.till = "t" + std::to_string(i % 5);
            entry.transaction_id = std::to_string(i);
            entry.type = "sale";
            entry.occurred_at = "2026-11-20T10:42:07+01:00";
            entry.body = R"({"number":)" + std::to_string(i) + "}";
            journal.append(std::move(entry));
        }
    }
    // By topic, which is the till's: in the order of their first arrival.
    void read(Subscriber& subscriber) {
        const auto& heard = subscriber.read();
        for (; read_ < heard.size(); ++read_)
            if (ids.insert(heard[read_].payload).second) of_till[heard[read_].topic].push_back(heard[read_].payload);
    }
    static int number_in(const std::string& payload) { return std::stoi(payload.substr(payload.find(':') + 1)); }

    TlsBroker broker{"max_queued_messages 0"};
    std::set<std::string> ids;
    std::map<std::string, std::vector<std::string>> of_till;
    std::size_t read_ = 0;
};

TEST_P(AtTheBroker, NothingIsLostAndEachTillsOrderHolds) {  // [sync-4] [sync-5]
    sell_many();
    DestinationConfig made;
    made.name = "hub";
    made.kind = DestinationKind::kMqtt;
    made.format = EventFormat::kPlain;
    made.topic = "stores/{store}/{till}";
    made.ca_file = broker.ca();
    made.mqtt.addresses = {broker.address()};
    made.mqtt.version5 = GetParam();
    made.mqtt.username = "store";
    made.mqtt.password = "s e+c:ret%";
    made.batch_items_max = 50;
    auto subscriber = std::make_unique<Subscriber>(broker.plain_port(), "stores/0042/+", "reader");
    open(std::move(made));
    ASSERT_TRUE(loop.until([&] { return read(*subscriber), erp->status().delivered > kSales / 3; }));
    broker.stop();
    ASSERT_TRUE(loop.until([&] { return erp->status().cause == "service"; }));
    EXPECT_LT(erp->status().delivered, static_cast<std::uint64_t>(kSales));
    broker.start();
    subscriber = std::make_unique<Subscriber>(broker.plain_port(), "stores/0042/+", "reader");
    read_ = 0;
    erp->retry_now();
    const auto all = [&] { return read(*subscriber), ids.size() == kSales; };
    ASSERT_TRUE(loop.until(all, std::chrono::seconds(60))) << ids.size() << ' ' << erp->status().cause;
    ASSERT_TRUE(delivers(kSales));
    for (const auto& [till, payloads] : of_till)
        for (std::size_t i = 1; i < payloads.size(); ++i)
            EXPECT_LT(number_in(payloads[i - 1]), number_in(payloads[i])) << till;
    EXPECT_TRUE(journal.rows("hub").empty());
}

INSTANTIATE_TEST_SUITE_P(Each, AtTheBroker, ::testing::Bool(),
                         [](const auto& version) { return std::string(version.param ? "Version5" : "Version311"); });

}  // namespace
}  // namespace tillkeeper::sync
