// NATS as a broker nobody here wrote: a cluster of three nodes that keeps what it acknowledges, and nodes that die.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/e2e/json.h"
#include "tests/e2e/peers/nats_cluster.h"
#include "tests/e2e/peers/nats_reader.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/store.h"
#include "tests/e2e/tills.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5min;
constexpr int kTills = 4;
constexpr std::int64_t kUnderWayMax = 200;  // two lanes of 100 messages
constexpr const char* kClient = "tillkeeper-0042-nats";

bool reaches(const std::function<bool()>& condition) {
    return wait_until(condition, kPatience, 5ms, [] {});
}

class Nats : public ::testing::Test {
  protected:
    void SetUp() override {
        auto scratch = Scratch::make("tillkeeper-nats");
        ASSERT_TRUE(scratch) << scratch.error().message;
        scratch_.emplace(std::move(*scratch));
        auto cluster = NatsCluster::start(scratch_->path() / "nats");
        ASSERT_TRUE(cluster) << cluster.error().message;
        cluster_.emplace(std::move(*cluster));
        NatsReader reader(cluster_->mqtt_port(0), cluster_->ca_file());
        ASSERT_TRUE(reaches([&] { return reader.read(), reader.subscribed(); }));
        auto store = Store::open(scratch_->path(), {.tills = till_names(kTills)});
        ASSERT_TRUE(store) << store.error().message;
        store_.emplace(std::move(*store));
    }
    void TearDown() override {
        if (!HasFailure() || !scratch_) return;
        scratch_->keep();
        std::cerr << "logs are in " << scratch_->path() << '\n';
    }

    void sell(std::int64_t sales, int per_second) {
        auto tills = Tills::start(scratch_->path() / "tills", store_->broker(),
                                  {.tills = kTills, .sales = sales, .per_second = per_second});
        ASSERT_TRUE(tills) << tills.error().message;
        tills_.emplace(std::move(*tills));
    }
    // As an operator does: a configuration with the cluster in it, and a new start. All that was sold before goes
    // there.
    void connect() {
        ASSERT_EQ(store_->agent().stop(), 0);
        ASSERT_TRUE(write_file(scratch_->path() / "agent" / "nats.password", NatsCluster::kPassword, 0600));
        AgentSetup setup = store_->agent().setup();
        setup.more = cluster_->destination();
        auto agent = Agent::make(scratch_->path() / "agent", std::move(setup));
        ASSERT_TRUE(agent) << agent.error().message;
        store_->agent() = std::move(*agent);
        const auto started = store_->agent().start();
        ASSERT_TRUE(started) << started.error().message;
    }
    void start(std::size_t node) {
        const auto started = cluster_->start_node(node);
        ASSERT_TRUE(started) << started.error().message;
    }

    struct Seen {
        std::string cause = "?";  // where nobody can say
        std::int64_t behind = -1;
    };
    [[nodiscard]] Seen seen() const {
        const auto status = store_->agent().status();
        if (!status) return {};
        const auto nats = (*status)["destinations"]["nats"];
        return {.cause = nats["cause"].text(), .behind = nats["behind"].number()};
    }

    void expect_each_sale_once_at_least();
    void expect_delivered(const std::string& id) const;

    std::optional<Scratch> scratch_;  // first, so that it goes last
    std::optional<NatsCluster> cluster_;
    std::optional<Store> store_;
    std::optional<Tills> tills_;
};

// Whatever was sold comes out of the cluster, each till's in its order, and nothing else does.
void Nats::expect_each_sale_once_at_least() {
    const auto finished = tills_->finish(kPatience);
    ASSERT_TRUE(finished) << finished.error().message;
    EXPECT_TRUE(reaches([&] { return seen().behind == 0 && cluster_->whole(); })) << seen().cause;
    const auto accepted = tills_->accepted_ids();
    std::int64_t place = 0;
    for (const auto& id : accepted)
        if (place++ % 200 == 0) expect_delivered(id);
    const auto queue = store_->agent().command({"queue", "list", "--json"});
    ASSERT_TRUE(queue) << queue.error().message;
    EXPECT_TRUE(Json::parse(queue->output)["items"].items().empty()) << queue->output;

    NatsReader reader(cluster_->mqtt_port(0), cluster_->ca_file());
    const auto all = [&] {
        reader.read();
        return reader.sales() >= accepted.size() && reader.arrivals() >= cluster_->stored();
    };
    EXPECT_TRUE(reaches(all)) << reader.sales();
    std::set<std::string> heard;
    for (const auto& [till, sales] : reader.heard())
        for (const auto& sale : sales) heard.insert(sale.id);
    EXPECT_EQ(heard, accepted);
    EXPECT_EQ(reader.heard().size(), kTills);
    for (const auto& [till, sales] : reader.heard())
        EXPECT_TRUE(std::ranges::is_sorted(sales, {}, &NatsReader::Sale::number)) << till;
    const auto twice = cluster_->stored() - static_cast<std::int64_t>(accepted.size());
    std::cout << accepted.size() << " sales, " << twice << " of them came twice\n";
    EXPECT_LE(twice, kUnderWayMax);
}

void Nats::expect_delivered(const std::string& id) const {
    const auto delivered = [&] {
        const auto found = store_->agent().command({"find", id, "--json"});
        const auto where = Json::parse(found ? found->output : "");
        const auto entries = where["found"].items();
        return entries.size() == 1 && entries[0]["destinations"]["nats"].text() == "delivered";
    };
    EXPECT_TRUE(wait_until(delivered, kPatience, 20ms, [] {})) << id;
}

TEST_F(Nats, OneNodeIsKilledInMidDrain) {  // [sync-4] [sync-5]
    sell(kUntilClosed, 1500);
    ASSERT_TRUE(reaches([&] { return tills_->tally().accepted >= 3000; }));
    tills_->say("pace 20");
    connect();
    ASSERT_TRUE(reaches([&] { return cluster_->stored() >= 500; }));
    const auto node = cluster_->node_of(kClient);
    ASSERT_TRUE(node);
    cluster_->kill(*node);
    const auto killed = std::chrono::steady_clock::now();
    const auto accepted = tills_->tally().accepted;
    const auto stored = cluster_->stored();
    EXPECT_LT(stored, 3000 - 2 * kUnderWayMax) << "the backlog was drained already";

    std::set<std::string> causes;
    ASSERT_TRUE(reaches([&] { return causes.insert(seen().cause), cluster_->stored() > stored + kUnderWayMax; }));
    const std::chrono::duration<double> silent = std::chrono::steady_clock::now() - killed;
    EXPECT_NE(cluster_->node_of(kClient), node);
    EXPECT_GT(tills_->tally().accepted, accepted) << "selling waits for the cluster";
    EXPECT_TRUE(tills_->running()) << "nothing was sold meanwhile";
    std::cout << "nothing arrived for about " << silent.count() << " s; causes told meanwhile:";
    for (const auto& cause : causes) std::cout << ' ' << (cause.empty() ? "none" : cause);
    std::cout << '\n';

    start(*node);
    tills_->say("close");
    expect_each_sale_once_at_least();
}

TEST_F(Nats, AllNodesAreKilled) {  // [sync-5]
    connect();
    sell(kUntilClosed, 100);
    ASSERT_TRUE(reaches([&] { return cluster_->stored() >= 100; }));
    for (std::size_t node = 0; node < NatsCluster::kNodes; ++node) cluster_->kill(node);
    EXPECT_TRUE(reaches([&] { return seen().cause == "service" && seen().behind >= 100; })) << seen().cause;
    EXPECT_TRUE(tills_->running()) << "nothing was sold meanwhile";
    for (std::size_t node = 0; node < NatsCluster::kNodes; ++node) start(node);
    tills_->say("close");
    expect_each_sale_once_at_least();
}

}  // namespace
}  // namespace tillkeeper::lab
