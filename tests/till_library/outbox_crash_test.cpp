// The power is cut at every call that writes; afterwards the outbox must agree with what the till was told.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "tests/disk/disk.h"
#include "tests/fakes/sanitized.h"
#include "tests/fakes/seeded_random.h"
#include "till/outbox.h"

namespace tillkeeper::pos {
namespace {

constexpr int kSales = 12;

// What the till knows when the power goes.
struct Told {
    std::set<std::string> safe;                   // hand_over returned well
    std::set<std::string> answered;               // the store has it
    std::map<std::int64_t, std::string> numbers;  // given to the caller
};

Result<void> sell(Outbox& outbox, const std::string& id, Told& told) {
    const auto next = outbox.next_sequence();
    if (!next) return std::unexpected(next.error());
    EXPECT_FALSE(told.numbers.contains(*next)) << "the number " << *next << " was given before";
    auto added = outbox.add({.sequence = *next, .id = id, .receipt = "r", .document = std::string(700, 'd') + id});
    if (!added) return added;
    told.safe.insert(id);
    told.numbers.emplace(*next, id);
    return {};
}

// Sells, settles and tidies until the power goes. True: it came to the end.
bool live(disk::Disk& disk, Told& told, const std::string& prefix) {
    auto outbox = Outbox::open("outbox", {"0042", "till-1", 1}, disk.vfs());
    if (!outbox) return false;
    for (int i = 0; i < kSales; ++i) {
        if (!sell(**outbox, prefix + std::to_string(i), told)) return false;
        if (i % 3 == 2) continue;
        const auto first = (*outbox)->waiting_after(-1);
        if (!first || !*first) return false;
        told.answered.insert((*first)->id);
        if (!(*outbox)->settled((*first)->sequence)) return false;
        if (!(*outbox)->look_after()) return false;
    }
    outbox->reset();  // moves the log into the file
    return !disk.frozen();
}

void check(disk::Disk& disk, Told& told, const std::string& where) {
    auto outbox = Outbox::open("outbox", {"0042", "till-1", 1}, disk.vfs());
    ASSERT_TRUE(outbox) << where << outbox.error().message;
    for (const auto& id : told.safe) {
        const auto found = (*outbox)->find(id);
        ASSERT_TRUE(found) << where;
        ASSERT_TRUE(*found) << where << "the accepted sale " << id << " is gone";
        EXPECT_TRUE((*found)->intact) << where << id;
        const auto number = told.numbers.find((*found)->sequence);
        ASSERT_NE(number, told.numbers.end()) << where;
        EXPECT_EQ(number->second, id) << where;
        if ((*found)->state == KeptSale::State::kSettled) {
            EXPECT_TRUE(told.answered.contains(id)) << where << id << " left unanswered";
        }
    }
    ASSERT_TRUE(sell(**outbox, "after", told)) << where;  // and its number is new
}

// [till-1] [till-2]
TEST(OutboxCrashes, EverySaleThatWasTakenIsThereAndNoNumberComesTwice) {
    std::uint64_t states = 0;
    constexpr std::uint64_t kStride = fakes::kSanitized ? 5 : 1;
    for (std::uint64_t at = 1;; at += kStride) {
        bool ended = false;
        for (int shape = 0; shape < disk::kShapes; ++shape) {
            fakes::SeededRandom random(at * 10 + static_cast<std::uint64_t>(shape));
            disk::Disk disk(random);
            disk::Disk::seed_sqlite(static_cast<std::uint32_t>(at));
            Told told;
            // A first life that ends well, so that files that exist already are cut as well.
            if (at % 2 == 0) {
                ASSERT_TRUE(live(disk, told, "first-"));
            }
            disk.freeze_after((at + 1) / 2);
            ended = live(disk, told, "second-");
            disk.cut_power(static_cast<disk::Shape>(shape));
            disk.heal();
            disk.freeze_after(0);
            check(disk, told, "call " + std::to_string(at) + ", shape " + std::to_string(shape) + ": ");
            ++states;
            if (testing::Test::HasFailure()) return;
        }
        if (ended) break;
    }
    std::cout << states << " crash states\n";
    EXPECT_GT(states * kStride, 500);
}

// [till-1] [till-7]
TEST(OutboxCrashes, EveryFailingCallIsToldOrHarmless) {
    int tried = 0;
    for (std::uint64_t nth = 1;; ++nth) {
        fakes::SeededRandom random(nth);
        disk::Disk disk(random);
        Told told;
        ASSERT_TRUE(live(disk, told, "first-"));
        const auto before = disk.calls(disk::Call::kAny);
        disk.fail(disk::Call::kAny, nth, nth % 3 == 0);
        static_cast<void>(live(disk, told, "second-"));
        const bool reached = disk.calls(disk::Call::kAny) - before >= nth;
        disk.heal();
        disk.cut_power(disk::Shape::kNothingUnsynced);
        check(disk, told, "failing call " + std::to_string(nth) + ": ");
        ++tried;
        if (testing::Test::HasFailure() || !reached) break;
    }
    std::cout << tried << " failing calls\n";
    EXPECT_GT(tried, 150);
}

}  // namespace
}  // namespace tillkeeper::pos
