// Window and lane: whatever order things complete in, and whoever the guilty ones are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sync/lane.h"
#include "sync/window.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::sync {
namespace {

using storage::JournalNumber;

storage::Entry entry(JournalNumber number, const std::string& till) {
    storage::Entry made;
    made.number = number;
    made.till = till;
    made.transaction_id = "s" + std::to_string(number);
    made.body = "{}";
    return made;
}

Clearance always(const storage::Entry&) {
    return {};
}

RC_GTEST_PROP(Window, the_cursor_never_passes_what_is_not_settled, (std::vector<std::uint16_t> order)) {  // [sync-4]
    Window window(0);
    constexpr JournalNumber kLast = 80;
    std::set<JournalNumber> open;
    for (JournalNumber number = 1; number <= kLast; ++number) {
        RC_ASSERT(window.load(number));
        open.insert(number);
    }
    for (const auto pick : order) {
        const JournalNumber number = pick % kLast + 1;
        window.settle(number);
        open.erase(number);
        RC_ASSERT(window.cursor() == (open.empty() ? kLast : *open.begin() - 1));
        RC_ASSERT(!window.open(number));
        if (pick % 7 == 0) {  // an outage: read again from the cursor, keep what is settled
            window.rewind();
            RC_ASSERT(window.loaded() == window.cursor());
            for (auto again = window.cursor() + 1; again <= kLast; ++again)
                RC_ASSERT(window.load(again) == open.contains(again));
        }
    }
}

TEST(Window, starts_behind_what_was_pruned) {
    Window window(0);
    EXPECT_TRUE(window.load(1'000'000));
    EXPECT_EQ(window.cursor(), 999'999);
    window.settle(1'000'000);
    EXPECT_EQ(window.cursor(), 1'000'000);
}

TEST(Window, is_bounded) {
    Window window(0);
    JournalNumber number = 0;
    while (!window.full()) static_cast<void>(window.load(++number));
    EXPECT_EQ(number, static_cast<JournalNumber>(kWindowNumbersMax));
    window.settle(1);
    EXPECT_FALSE(window.full());
}

TEST(Window, a_till_always_has_the_same_lane) {
    std::set<std::size_t> used;
    for (int till = 0; till < 50; ++till) {
        const auto lane = lane_of("till-" + std::to_string(till), 4);
        EXPECT_LT(lane, 4U);
        used.insert(lane);
    }
    EXPECT_EQ(used.size(), 4U);
    EXPECT_EQ(lane_of("t1", 2), lane_of("t1", 2));
    EXPECT_EQ(lane_of("t1", 1), 0U);
}

// Drives one lane against a service that refuses `guilty` (by rejecting or by failing) until nothing is left.
struct Drive {
    std::set<JournalNumber> held;
    std::vector<std::pair<std::string, JournalNumber>> order;
    int requests = 0;
    MonotonicTime now{std::chrono::seconds(1)};

    void run(Lane& lane, const std::set<JournalNumber>& guilty, const Answer& verdict, fakes::SeededRandom& random,
             unsigned chance_percent = 0) {
        Evidence evidence;
        while (!lane.empty() && requests < 100000) {
            std::vector<Settled> settled;
            const auto& batch = lane.take(now, always, settled);
            if (batch.empty()) {
                now = std::max(now, lane.next_try(now));
                ASSERT_NE(now, MonotonicTime::max()) << "the lane is stuck";
                continue;
            }
            ++requests;
            Answer answer{.kind = AnswerKind::kDelivered};
            for (const auto& item : batch)
                if (guilty.contains(item.number)) answer = verdict;
            if (random.below(100) < chance_percent) answer = {.kind = AnswerKind::kAgain, .suspicious = true};
            lane.finish(answer, {}, now, random, evidence, settled);
            for (const auto& item : settled) {
                if (item.kind == Settled::Kind::kHeld) held.insert(item.entry.number);
                if (item.kind == Settled::Kind::kDelivered) order.emplace_back(item.entry.till, item.entry.number);
            }
        }
    }
    [[nodiscard]] bool in_order() const {
        std::map<std::string, JournalNumber> last;
        return std::ranges::all_of(
            order, [&](const auto& item) { return std::exchange(last[item.first], item.second) < item.second; });
    }
};

RC_GTEST_PROP(Lane, finds_exactly_those_that_are_rejected, (std::uint64_t seed)) {  // [sync-6]
    fakes::SeededRandom random(seed);
    Lane lane({.items_max = 1 + random.below(64)});
    std::set<JournalNumber> guilty;
    const auto count = static_cast<JournalNumber>(1 + random.below(120));
    const auto tills = 1 + random.below(5);
    for (JournalNumber number = 1; number <= count; ++number)
        lane.add(entry(number, "t" + std::to_string(random.below(tills))));
    for (auto i = random.below(8); i > 0; --i) guilty.insert(1 + static_cast<JournalNumber>(random.below(120)) % count);
    Drive drive;
    drive.run(lane, guilty, {.kind = AnswerKind::kRejected, .reason = "no"}, random);
    RC_ASSERT(drive.held == guilty);
    RC_ASSERT(drive.order.size() + guilty.size() == static_cast<std::size_t>(count));
    RC_ASSERT(drive.in_order());
}

RC_GTEST_PROP(Lane, finds_exactly_those_that_break_the_service, (std::uint64_t seed)) {  // [sync-6] [sync-5]
    fakes::SeededRandom random(seed);
    Lane lane({.items_max = 50});
    constexpr JournalNumber kCount = 90;
    const auto tills = 1 + random.below(5);
    for (JournalNumber number = 1; number <= kCount; ++number)
        lane.add(entry(number, "t" + std::to_string(random.below(tills))));
    // Not the very first one: where nothing was ever taken there is no evidence against anybody.
    const std::set<JournalNumber> guilty = {2 + static_cast<JournalNumber>(random.below(40)),
                                            50 + static_cast<JournalNumber>(random.below(41))};
    Drive drive;
    drive.run(lane, guilty, {.kind = AnswerKind::kAgain, .reason = "HTTP 500", .suspicious = true}, random,
              static_cast<unsigned>(random.below(40)));
    RC_ASSERT(drive.held == guilty);
    RC_ASSERT(drive.order.size() == kCount - guilty.size());
    RC_ASSERT(drive.in_order());
}

RC_GTEST_PROP(Lane, chance_alone_condemns_nobody, (std::uint64_t seed)) {  // [sync-5]
    fakes::SeededRandom random(seed);
    Lane lane({.items_max = 20});
    for (JournalNumber number = 1; number <= 100; ++number)
        lane.add(entry(number, "t" + std::to_string(random.below(4))));
    Drive drive;
    drive.run(lane, {}, {}, random, 60);
    RC_ASSERT(drive.held.empty());
    RC_ASSERT(drive.order.size() == 100U);
    RC_ASSERT(drive.in_order());
}

TEST(Lane, splitting_is_quick_and_the_batch_grows_back) {  // [sync-6]
    fakes::SeededRandom random;
    Lane lane({.items_max = 200});
    for (JournalNumber number = 1; number <= 5000; ++number) lane.add(entry(number, "t" + std::to_string(number % 8)));
    Drive drive;
    drive.run(lane, {2345}, {.kind = AnswerKind::kRejected, .reason = "no"}, random);
    EXPECT_EQ(drive.held, std::set<JournalNumber>{2345});
    EXPECT_LT(drive.requests, 25 + 2 * 8 + 10);
}

TEST(Lane, batches_respect_their_limits) {
    Lane lane({.items_max = 100, .bytes_max = 1000});
    for (JournalNumber number = 1; number <= 10; ++number) {
        auto made = entry(number, "t");
        made.body = std::string(number == 5 ? 5000 : 300, 'x');
        lane.add(std::move(made));
    }
    fakes::SeededRandom random;
    Evidence evidence;
    std::vector<std::size_t> sizes;
    std::vector<Settled> settled;
    while (!lane.empty()) {
        sizes.push_back(lane.take({}, always, settled).size());
        lane.finish({.kind = AnswerKind::kDelivered}, {}, {}, random, evidence, settled);
    }
    EXPECT_THAT(sizes, ::testing::ElementsAre(3, 1, 1, 3, 2));
    EXPECT_EQ(lane.bytes(), 0U);
}

TEST(Lane, single_answers_within_a_batch) {  // [sync-6]
    Lane lane({.items_max = 10});
    for (JournalNumber number = 1; number <= 3; ++number) lane.add(entry(number, "t" + std::to_string(number)));
    fakes::SeededRandom random;
    Evidence evidence;
    std::vector<Settled> settled;
    EXPECT_EQ(lane.take({}, always, settled).size(), 3U);
    lane.finish({.kind = AnswerKind::kDelivered},
                {{AnswerKind::kDelivered, ""}, {AnswerKind::kAgain, "later"}, {AnswerKind::kRejected, "bad sku"}}, {},
                random, evidence, settled);
    ASSERT_EQ(settled.size(), 2U);
    EXPECT_EQ(settled[0].entry.number, 1);
    EXPECT_EQ(settled[1].kind, Settled::Kind::kHeld);
    EXPECT_EQ(settled[1].reason, "bad sku");
    ASSERT_EQ(lane.take({}, always, settled).size(), 1U);
    EXPECT_EQ(lane.in_flight()[0].number, 2);
}

TEST(Lane, what_may_not_go_yet_stops_its_till_only) {  // [sync-4]
    Lane lane({.items_max = 10});
    for (JournalNumber number = 1; number <= 4; ++number) lane.add(entry(number, number % 2 == 0 ? "a" : "b"));
    auto refers = entry(5, "a");
    lane.add(entry(6, "a"));
    refers.refers_to = "s1";
    lane.add(refers);
    std::vector<Settled> settled;
    const Gate not_yet = [](const auto&) { return Clearance{.kind = Clearance::Kind::kNotYet}; };
    EXPECT_EQ(lane.take({}, not_yet, settled).size(), 4U) << "5 waits, and 6 does not overtake it";
}

}  // namespace
}  // namespace tillkeeper::sync
