// The outbox on a disk that works, fills up, fails and rots.
#include "till/outbox.h"

#include <gtest/gtest.h>

#include "tests/disk/disk.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::pos {
namespace {

using disk::Call;

class Outboxes : public testing::Test {
  protected:
    void open() {
        outbox_.reset();
        auto opened = Outbox::open("outbox", {"0042", "till-1", 1}, disk_.vfs());
        ASSERT_TRUE(opened) << opened.error().message;
        outbox_ = std::move(*opened);
    }
    Result<void> add(const std::string& id, std::size_t bytes = 400) {
        const auto next = outbox_->next_sequence();
        if (!next) return std::unexpected(next.error());
        return outbox_->add({.sequence = *next,
                             .id = id,
                             .receipt = "r-" + id,
                             .document = "{" + id + std::string(bytes, 'x') + "}",
                             .digest = 7});
    }
    std::vector<std::string> waiting() {
        std::vector<std::string> ids;
        for (std::int64_t last = -1;;) {
            const auto sale = outbox_->waiting_after(last);
            EXPECT_TRUE(sale) << sale.error().message;
            if (!sale || !*sale) return ids;
            last = (*sale)->sequence;
            ids.push_back((*sale)->id);
        }
    }

    using Ids = std::vector<std::string>;
    fakes::SeededRandom random_{4};
    disk::Disk disk_{random_};
    std::unique_ptr<Outbox> outbox_;
};

// [till-1] [till-2]
TEST_F(Outboxes, KeepSalesInOrderUntilTheyAreSettled) {
    open();
    for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(add(id));
    EXPECT_EQ(waiting(), (Ids{"a", "b", "c"}));
    ASSERT_TRUE(outbox_->settled(2));
    ASSERT_TRUE(outbox_->settled(2)) << "settled twice is settled";
    ASSERT_TRUE(outbox_->was_refused(3, "too_large"));
    open();
    EXPECT_EQ(waiting(), (Ids{"a"}));
    EXPECT_EQ(outbox_->waiting_count(), 1U);
    EXPECT_EQ(outbox_->next_sequence(), 4);
    const auto found = outbox_->find("b");
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->state, KeptSale::State::kSettled);
    EXPECT_EQ((*found)->digest, 7U);
    EXPECT_FALSE(*outbox_->find("z"));
}

// [till-5]
TEST_F(Outboxes, WhatIsRefusedStaysUntilItIsDropped) {
    open();
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(add("b"));
    ASSERT_TRUE(outbox_->was_refused(1, "contains_card_number"));
    EXPECT_FALSE(outbox_->drop_refused("b")) << "what waits cannot be dropped";
    open();
    auto refused = outbox_->refused(10);
    ASSERT_TRUE(refused);
    ASSERT_EQ(refused->size(), 1U);
    EXPECT_EQ(refused->front().problem, "contains_card_number");
    EXPECT_TRUE(refused->front().document.starts_with("{a"));
    ASSERT_TRUE(outbox_->drop_refused("a"));
    EXPECT_FALSE(outbox_->drop_refused("a"));
    EXPECT_TRUE(outbox_->refused(10)->empty());
    EXPECT_EQ(outbox_->refused_count(), 0U);
}

TEST_F(Outboxes, BelongToOneTillAndOneProgram) {
    open();
    ASSERT_TRUE(add("a"));
    const auto second = Outbox::open("outbox", {"0042", "till-1", 1}, disk_.vfs());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
    outbox_.reset();
    const auto other = Outbox::open("outbox", {"0042", "till-2", 1}, disk_.vfs());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::kInvalid);
    const auto later = Outbox::open("new", {"0042", "till-1", 5000}, disk_.vfs());
    ASSERT_TRUE(later);
    EXPECT_EQ((*later)->next_sequence(), 5000);
}

// [till-1] [till-7]
TEST_F(Outboxes, AFullDiskIsToldAndWhatIsKeptStillLeaves) {
    open();
    int kept = 0;
    while (add("early-" + std::to_string(kept))) {
        ++kept;
        if (kept == 20) disk_.limit(disk_.used_bytes() + 8192);
        ASSERT_LT(kept, 200);
    }
    const auto full = add("late");
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(waiting().size(), static_cast<std::size_t>(kept))
        << "what was refused is there, or what was taken is not";
    open();  // a till is started again on a full disk as well
    for (std::int64_t i = 1; i <= kept; ++i)
        ASSERT_TRUE(i % 2 == 0 ? outbox_->settled(i) : outbox_->was_refused(i, "x")) << i << " of " << kept;
    open();
    EXPECT_EQ(waiting(), Ids{});
    EXPECT_EQ(outbox_->refused_count(), static_cast<std::uint64_t>((kept + 1) / 2));
    disk_.limit({});
    ASSERT_TRUE(add("late"));
    EXPECT_EQ(waiting(), (Ids{"late"}));
    EXPECT_EQ(disk_.violations(), std::vector<std::string>{});
}

// [till-7]
TEST_F(Outboxes, NothingIsTakenThatCouldNotBeNotedDownLater) {
    open();
    disk_.limit(disk_.used_bytes() + kRoomBytes / 2);
    const auto full = add("a", 10);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::kStorageFull);
    EXPECT_FALSE(disk_.bytes("outbox-room")) << "half a room is no use to anybody";
    disk_.limit(disk_.used_bytes() + 3 * kRoomBytes);
    int kept = 0;
    while (add(std::to_string(kept), 200'000)) ASSERT_LT(++kept, 100);
    ASSERT_GT(kept, 3);
    disk_.limit(disk_.used_bytes());  // and somebody else took the rest
    for (std::int64_t i = 1; i <= kept; ++i) ASSERT_TRUE(outbox_->settled(i)) << i << " of " << kept;
}

// [till-1] [till-7]
TEST_F(Outboxes, AFailedSyncIsNeverCalledSafe) {
    for (int nth = 1; nth <= 12; ++nth) {
        open();
        const std::string id = "s" + std::to_string(nth);
        disk_.fail(Call::kSync, 1, nth % 2 == 0);
        const bool said_to_be_safe = add(id).has_value();
        disk_.heal();
        const auto found = outbox_->find(id);
        ASSERT_TRUE(found) << found.error().message;
        // Said to be safe, or found afterwards: then a power cut changes nothing any more.
        if (said_to_be_safe || *found) {
            outbox_.reset();
            disk_.cut_power(disk::Shape::kNothingUnsynced);
            open();
            EXPECT_TRUE(*outbox_->find(id)) << nth;
        }
    }
}

// [till-7]
TEST_F(Outboxes, RotIsFoundAndNeverSent) {
    open();
    ASSERT_TRUE(add("a"));
    ASSERT_TRUE(add("b"));
    outbox_.reset();
    const std::string bytes = *disk_.bytes("outbox");
    const auto at = bytes.find("{axxxx");
    ASSERT_NE(at, std::string::npos);
    disk_.rot("outbox", static_cast<std::int64_t>(at) + 3, 1);
    open();
    const auto first = outbox_->waiting_after(-1);
    ASSERT_TRUE(first && *first);
    EXPECT_FALSE((*first)->intact);
    const auto second = outbox_->waiting_after(1);
    ASSERT_TRUE(second && *second);
    EXPECT_TRUE((*second)->intact);
    outbox_.reset();
    for (std::int64_t i = 0; i < 100; ++i) disk_.rot("outbox", i, 0x55);
    const auto broken = Outbox::open("outbox", {"0042", "till-1", 1}, disk_.vfs());
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::kCorrupt) << broken.error().message;
    EXPECT_EQ(disk_.bytes("outbox")->size(), bytes.size()) << "the file is left as it is";
}

TEST_F(Outboxes, StaySmallHoweverManySalesPass) {
    open();
    for (std::int64_t i = 1; i <= 6000; ++i) {
        ASSERT_TRUE(add(std::to_string(i), 2000));
        ASSERT_TRUE(outbox_->settled(i));
        if (i % 50 == 0) {
            ASSERT_TRUE(outbox_->look_after());
        }
    }
    EXPECT_LT(disk_.used_bytes(), 4U << 20);
    EXPECT_EQ(disk_.violations(), std::vector<std::string>{});
}

}  // namespace
}  // namespace tillkeeper::pos
