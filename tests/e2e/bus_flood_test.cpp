// One till floods the bus in one shape after the other while eight others sell: what it costs them, and that the guard
// in the broker is what holds it back.
//
// The p99 in the flood is the median of the p99 of kWindows windows, for until the till is cut off, within some tenths
// of a second, others wait longer: the p99 of the whole time and the longest wait are printed, and the latter is
// bounded. The machine may be busy with other things: what a flood does it does each time, so a shape fails when it is
// too slow in each of kRounds rounds, every round with a till that the guard does not know yet.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>

#include "tests/e2e/flood.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/measured_tills.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using std::chrono::seconds;

constexpr int kHonest = 8;
constexpr int kRounds = 4;
constexpr auto kPace = std::chrono::milliseconds(20);
constexpr double kTimes = 3;
constexpr std::size_t kBrokerBytesMax = std::size_t{96} << 20;
constexpr std::size_t kAgentBytesMax = std::size_t{128} << 20;
constexpr auto kAlone = seconds(2);
constexpr auto kWindow = seconds(1);
constexpr int kWindows = 3;
constexpr double kWaitMaxMs = 3000;

struct Shape {
    const char* name;
    std::vector<std::string> (*packets)(const std::string& own);
    int each;
    bool cut_off = true;  // else it costs little enough to be borne
    bool again_each_time = false;
};

std::string sale(const std::string& till, int number, std::size_t filler) {
    return R"({"id":")" + till + "-f-" + std::to_string(number) + R"(","type":"sale","till_sequence":)" +
           std::to_string(number) + R"(,"occurred_at":"2026-11-20T10:42:07Z","total":1530,"note":")" +
           std::string(filler, 'n') + "\"}";
}

std::vector<std::string> sales(const std::string& own, int count, int together, int qos, std::size_t filler) {
    std::vector<std::string> packets;
    for (int i = 0; i < count; ++i) {
        if (i % together == 0) packets.emplace_back();
        packets.back() += publish_packet(own + "transactions", sale(own.substr(20, own.size() - 21), i, filler), qos);
    }
    return packets;
}

std::vector<std::string> hundred(const std::string& packet) {
    std::string all;
    for (int i = 0; i < 100; ++i) all += packet;
    return {all};
}

using Own = const std::string&;
const Shape kShapes[] = {
    {"sales_qos1", [](Own own) { return sales(own, 50'000, 100, 1, 100); }, 100},
    {"garbage_qos0", [](Own own) { return hundred(publish_packet(own + "transactions", "x")); }, 100},
    {"large_sales", [](Own own) { return sales(own, 100, 1, 1, 200'000); }, 1},
    {"presence", [](Own own) { return hundred(publish_packet(own + "presence", "{}", 1)); }, 100},
    {"unheard_topics", [](Own own) { return hundred(publish_packet(own + "lookups/x", "x", 1)); }, 100},
    {"denied_topics", [](Own) { return hundred(publish_packet("tillkeeper/v1/tills/till-1/transactions", "x")); }, 100},
    {"subscriptions",
     [](Own) { return hundred(subscribe_packet("tillkeeper/#") + unsubscribe_packet("tillkeeper/#")); }, 200},
    {"connections", [](Own own) { return sales(own, 1, 1, 1, 0); }, 1, false, true},
};

struct Window {
    MeasuredSales sales;
    std::size_t broker_bytes = 0;
    std::size_t agent_bytes = 0;
};

class BusFlood : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-bus-flood", .tills = kHonest + kRounds});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        // The store is offline: the cloud would take from the same two cores. It comes back for the books.
        ASSERT_TRUE(lab_->cloud().control().cut_network());
    }
    void begin_to_sell() {
        std::vector<till::BrokerUser> users;
        for (const auto& name : till_names(kHonest)) users.push_back({name, Broker::password_of(name)});
        const till::BrokerAddress address{
            .host = "127.0.0.1", .port = lab_->broker().tls_port(), .ca_file = lab_->broker().ca_file().string()};
        tills_.emplace(address, users, kPace);
    }
    FloodPlan plan(const Shape& shape, int round) {
        const auto name = till_names(kHonest + round).back();
        return {.port = lab_->broker().tls_port(),
                .user = {name, Broker::password_of(name)},
                .packets = shape.packets("tillkeeper/v1/tills/" + name + "/"),
                .each = shape.each,
                .again_each_time = shape.again_each_time};
    }
    Window watch(seconds time) {
        Window window;
        const auto look = [&] {
            window.broker_bytes = std::max(window.broker_bytes, lab_->broker().process()->resident_bytes());
            window.agent_bytes = std::max(window.agent_bytes, lab_->agent().process()->resident_bytes());
        };
        static_cast<void>(wait_until([] { return false; }, time, std::chrono::milliseconds(100), look));
        window.sales = tills_->take();
        return window;
    }
    // The whole flood, and each window's p99 in `p99`.
    Window watch_windows(std::vector<double>& p99) {
        Window all;
        for (int i = 0; i < kWindows; ++i) {
            const auto one = watch(kWindow);
            p99.push_back(one.sales.at(0.99));
            auto& sold = all.sales.milliseconds;
            sold.insert(sold.end(), one.sales.milliseconds.begin(), one.sales.milliseconds.end());
            all.sales.again += one.sales.again;
            all.sales.losses += one.sales.losses;
            all.broker_bytes = std::max(all.broker_bytes, one.broker_bytes);
            all.agent_bytes = std::max(all.agent_bytes, one.agent_bytes);
        }
        std::ranges::sort(all.sales.milliseconds);
        std::ranges::sort(p99);
        return all;
    }
    // How many times as long the slowest hundredth takes as undisturbed.
    double disturbed(const Shape& shape, int round) {
        const auto alone = watch(kAlone).sales;
        Flood flood(plan(shape, round));
        std::vector<double> p99;
        const auto during = watch_windows(p99);
        const double median = p99[p99.size() / 2];
        const double times = median / alone.at(0.99);
        const auto& sales = during.sales;
        std::printf(
            "%s: said %lld messages, let in %lld times, turned away %lld times\n"
            "  undisturbed p50 %.2f p99 %.2f ms; in the flood p50 %.2f p99 %.2f ms, median of windows: %.1f times\n"
            "  whole flood p99 %.2f max %.2f ms; handed over again %d, broker %zu MiB, agent %zu MiB\n",
            shape.name, static_cast<long long>(flood.messages()), static_cast<long long>(flood.connections()),
            static_cast<long long>(flood.turned_away()), alone.at(0.5), alone.at(0.99), sales.at(0.5), median, times,
            sales.at(0.99), sales.at(1), sales.again, during.broker_bytes >> 20, during.agent_bytes >> 20);
        EXPECT_LT(during.broker_bytes, kBrokerBytesMax);
        EXPECT_LT(during.agent_bytes, kAgentBytesMax);
        EXPECT_EQ(sales.losses, 0) << "no other till may lose its connection";
        EXPECT_LT(sales.at(1), kWaitMaxMs);
        EXPECT_EQ(shape.cut_off, flood.turned_away() > 0);
        EXPECT_GT(flood.messages(), 0);
        return times;
    }
    void expect_all_accepted_in_the_books() {
        EXPECT_TRUE(tills_->finish(seconds(30)));
        ASSERT_TRUE(lab_->cloud().control().clear_faults());
        const auto accepted = tills_->accepted();
        EXPECT_GT(accepted.size(), 1000U);
        const auto complete = [&] {
            const auto books = lab_->cloud().effects("erp");
            return books && std::ranges::all_of(accepted, [&](const auto& id) { return books->contains(id); });
        };
        EXPECT_TRUE(wait_until(complete, seconds(60), std::chrono::milliseconds(500), [] {}));
    }

    std::unique_ptr<Lab> lab_;
    std::optional<MeasuredTills> tills_;
};

class FloodOf : public BusFlood, public ::testing::WithParamInterface<Shape> {};

TEST_P(FloodOf, CostsTheOtherTillsLittle) {  // [packaging-14]
    begin_to_sell();
    watch(seconds(1));  // warms up
    double times = 0;
    int round = 1;
    for (; round <= kRounds && (times = disturbed(GetParam(), round)) > kTimes; ++round) continue;
    EXPECT_LE(times, kTimes);
    const auto listed = lab_->agent().command({"till", "list", "--json"});
    ASSERT_TRUE(listed && listed->status == 0);
    EXPECT_EQ(GetParam().cut_off, listed->output.contains(R"("locked_out_until":"2)")) << listed->output;
    expect_all_accepted_in_the_books();
}

INSTANTIATE_TEST_SUITE_P(Shapes, FloodOf, ::testing::ValuesIn(kShapes),
                         [](const auto& shape) { return std::string(shape.param.name); });

// The same rig without the guard must show the fault, or what it shows with it means nothing.
TEST_F(BusFlood, WithoutTheGuardTheSameFloodStopsTheOthers) {
    const auto file = lab_->broker().folder() / "mosquitto.conf";
    std::istringstream lines(read_file(file));
    std::string without;
    for (std::string line; std::getline(lines, line);)
        if (!line.contains("tillkeeper_bus_guard") && !line.contains("locked_file")) without += line + '\n';
    std::ofstream(file) << without;
    lab_->broker().kill();
    ASSERT_TRUE(lab_->broker().start());
    begin_to_sell();
    watch(seconds(2));
    const auto alone = watch(kAlone);
    const Flood flood(plan(kShapes[0], 1));
    const auto during = watch(seconds(6));
    // Hardly any sale is answered in time at all; those that are took long.
    const bool stopped = during.sales.milliseconds.size() < alone.sales.milliseconds.size();
    EXPECT_TRUE(stopped || during.sales.at(0.99) > 2 * kTimes * alone.sales.at(0.99)) << during.sales.at(0.99);
    std::printf("without the guard: p99 %.2f ms, in the flood %.2f ms and %zu sales answered instead of about %d\n",
                alone.sales.at(0.99), during.sales.at(0.99), during.sales.milliseconds.size(), kHonest * 6 * 50);
}

}  // namespace
}  // namespace tillkeeper::lab
