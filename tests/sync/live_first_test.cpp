// What is sold after an outage goes before the outage's backlog, where a destination allows it.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "sync/two_windows.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using storage::JournalNumber;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Read and settled in any order, split at any time: nothing is passed over, and in the end it is one window again.
RC_GTEST_PROP(TwoWindows, the_cursor_never_passes_what_is_not_settled,
              (std::vector<std::uint16_t> order)) {  // [sync-4]
    TwoWindows windows(0);
    std::set<JournalNumber> open;
    JournalNumber last = 0;
    const auto read = [&](Window& window, JournalNumber end) {
        for (auto number = window.loaded() + 1; number <= std::min(end, last); ++number)
            if (window.load(number)) open.insert(number);
        windows.meet();
    };
    for (const auto pick : order) {
        last += pick % 3;
        if (pick % 5 == 0) windows.put_first_after(last);
        if (pick % 4 == 0 && windows.apart()) read(windows.live(), last);
        if (pick % 4 == 1) read(windows.backlog(), windows.backlog_end());
        if (pick % 11 == 0) windows.rewind();
        if (pick % 2 == 0 && !open.empty()) {
            const auto number = *std::next(open.begin(), pick % std::ssize(open));
            windows.settle(number);
            open.erase(number);
            RC_ASSERT(!windows.open(number));
        }
        for (const auto number : open) RC_ASSERT(windows.open(number) && number > windows.cursor());
    }
    for (int i = 0; i < 2; ++i) {  // the backlog, and what is left when both are one
        if (windows.apart()) read(windows.live(), last);
        read(windows.backlog(), windows.backlog_end());
        for (const auto number : std::exchange(open, {})) windows.settle(number);
    }
    RC_ASSERT(!windows.apart());
    RC_ASSERT(windows.cursor() == last);
}

class LiveFirst : public DestinationWorld {
  protected:
    Destination& open_live_first() {
        auto made = config();
        made.order = DeliveryOrder::kLiveFirst;
        made.batch_items_max = 10;
        made.pace.requests_per_s = 1;
        made.pace.reconnect_spread = Duration::zero();
        return open(std::move(made));
    }
    // An outage of a thousand sales, and its end; the backlog then takes a hundred seconds.
    void outage(const std::string& prefix = "old") {
        cut = true;
        sell_many(1000, 4, prefix);
        wake_all();
        run(kHour);
        cut = false;
        while (destinations.back()->status().cause != "") run(kSecond);
    }
    void sell_live(const std::string& id, const std::string& till = "t1", const std::string& refers_to = {}) {
        sell(id, till, refers_to);
        wake_all();
    }
    [[nodiscard]] std::size_t place(const std::string& id) const {
        const auto& all = effects.at("erp");
        return static_cast<std::size_t>(std::ranges::find(all, id) - all.begin());
    }
    void expect_all_there(std::size_t count) {
        run(kHour);
        EXPECT_THAT(delivered("erp"), SizeIs(count));
        EXPECT_EQ(journal.cursor("erp"), static_cast<JournalNumber>(count));
        EXPECT_THAT(journal.rows("erp"), IsEmpty());
    }
};

TEST_F(LiveFirst, what_is_sold_after_an_outage_overtakes_its_backlog) {
    open_live_first();
    outage();
    for (int i = 0; i < 5; ++i) {
        sell_live("live" + std::to_string(i));
        run(3 * kSecond);
        EXPECT_TRUE(delivered("erp").contains("live" + std::to_string(i)));
    }
    EXPECT_LT(delivered("erp").size(), 300U);
    EXPECT_LT(journal.cursor("erp"), 1000) << "the cursor stays where something is still to be delivered";
    expect_all_there(1005);
    for (int i = 1; i < 5; ++i) EXPECT_GT(place("live" + std::to_string(i)), place("live" + std::to_string(i - 1)));
    EXPECT_THAT(received.at("erp"), SizeIs(::testing::Lt(115U))) << "and the backlog still fills its batches";
}

TEST_F(LiveFirst, without_it_the_order_of_tills_goes_first) {
    open_live_first();
    destinations.clear();
    auto made = configs.back();
    configs.clear();
    made.order = DeliveryOrder::kByTill;
    open(made);
    outage();
    sell_live("live");
    run(20 * kSecond);
    EXPECT_FALSE(delivered("erp").contains("live"));
    expect_all_there(1001);
    expect_order_per_till("erp");
}

TEST_F(LiveFirst, a_return_waits_for_its_sale_in_the_backlog) {  // [sync-6]
    open_live_first();
    outage();
    sell_live("return", "t9", "old900");
    sell_live("live", "t8");
    run(5 * kSecond);
    EXPECT_TRUE(delivered("erp").contains("live"));
    EXPECT_FALSE(delivered("erp").contains("return"));
    expect_all_there(1002);
    EXPECT_GT(place("return"), place("old900"));
}

TEST_F(LiveFirst, the_order_of_a_till_holds_before_and_after_the_backlog_ends) {  // [sync-4]
    open_live_first();
    outage();
    for (int i = 0; i < 400; ++i) {
        sell_live("live" + std::to_string(i), "t" + std::to_string(i % 3));
        run(std::chrono::milliseconds(500));
    }
    expect_all_there(1400);
    for (int i = 3; i < 400; ++i)
        ASSERT_GT(place("live" + std::to_string(i)), place("live" + std::to_string(i - 3))) << i;
}

// One request a second, and a sale in each of them.
TEST_F(LiveFirst, a_busy_store_catches_up_all_the_same) {
    open_live_first();
    outage();
    for (int i = 0; i < 250; ++i) {
        sell_live("live" + std::to_string(i));
        run(kSecond);
    }
    EXPECT_GE(journal.cursor("erp"), 1000) << "every other request is the backlog's";
    expect_all_there(1250);
}

TEST_F(LiveFirst, a_crash_or_another_outage_meanwhile_loses_nothing) {  // [sync-4] [sync-5]
    open_live_first();
    outage();
    sell_live("live1");
    run(5 * kSecond);
    restart();
    sell_live("live2");
    run(5 * kSecond);
    EXPECT_TRUE(delivered("erp").contains("live2")) << "the backlog is one after a restart as well";
    outage("older");
    sell_live("live3");
    run(5 * kSecond);
    restart();
    expect_all_there(2003);
    EXPECT_EQ(std::ranges::count(effects.at("erp"), "live1"), 1) << "the same key again has no effect";
}

TEST_F(LiveFirst, what_is_held_in_the_backlog_stops_nobody) {  // [sync-6]
    fault = [](const std::string&, const Received& got) -> std::optional<HttpResponse> {
        if (std::ranges::find(got.ids, "old500") == got.ids.end()) return std::nullopt;
        return fakes::http_answer(422, "no such article");
    };
    open_live_first();
    outage();
    sell_live("live");
    run(kHour);
    EXPECT_THAT(delivered("erp"), SizeIs(1000));
    EXPECT_THAT(journal.rows("erp"), SizeIs(1));
    EXPECT_EQ(journal.cursor("erp"), 1001);
}

}  // namespace
}  // namespace tillkeeper::sync
