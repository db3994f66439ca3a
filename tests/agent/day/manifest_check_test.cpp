// Headquarters can tell from manifests alone what is missing. [agent-41]
#include "agent/day/manifest_check.h"

#include <gmock/gmock.h>

#include "tests/agent/day/day_entries.h"

namespace tillkeeper::agent {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

const BusinessDay kDay = parse_day("2026-11-20").value();

// Two tills that sell in turns, a gap, one without a number, and one number that came twice.
std::vector<storage::Entry> a_day() {
    std::vector<storage::Entry> entries;
    const auto add = [&](const storage::NewEntry& entry) {
        entries.push_back(numbered(static_cast<std::int64_t>(entries.size()) + 1, entry));
    };
    for (int i = 1; i <= 20; ++i) {
        if (i != 7) add(handed_over("t1", i, 100 + i));
        add(handed_over("t2", i, 200 + i, i % 5 == 0 ? "return" : "sale"));
    }
    auto without = handed_over("t1", 900, 5);
    without.till_sequence.reset();
    add(without);
    auto twice = handed_over("t2", 15, 7);
    twice.transaction_id = "counted-anew";
    add(twice);
    add(handed_over("", 0, 0, "outage"));
    auto odd = handed_over("t1", 21, 1);
    odd.kind = storage::EntryKind::kQuarantined;
    add(odd);
    return entries;
}

class Check : public testing::Test {
  protected:
    // Two manifests, one after the other.
    void SetUp() override {
        ManifestBook book(1);
        for (const auto& entry : entries_) {
            book.take(entry, kDay, kDay);
            if (entry.number != 20) continue;
            finish(std::move(book));
            book = ManifestBook(21);
        }
        finish(std::move(book));
    }
    void finish(ManifestBook&& book) {
        Manifest manifest = std::move(book).finish();
        manifest.store = "0042";
        manifest.business_day = "2026-11-20";
        manifest.serial = static_cast<std::int64_t>(manifests_.size()) + 1;
        if (!manifests_.empty()) manifest.previous = manifest_hash(manifests_.back().jws);
        manifests_.push_back({manifest, "jws-" + std::to_string(manifest.serial)});
    }
    std::vector<ManifestFault> faults_of(const std::vector<storage::Entry>& received) {
        ManifestCheck check(manifests_);
        for (const auto& entry : received) check.received(entry);
        return check.finish();
    }
    static auto fault(const char* kind, const std::string& where, const std::string& what) {
        return AllOf(Field(&ManifestFault::kind, kind), Field(&ManifestFault::where, where),
                     Field(&ManifestFault::what, HasSubstr(what)));
    }

    std::vector<storage::Entry> entries_ = a_day();
    std::vector<MadeManifest> manifests_;
};

TEST_F(Check, ADayThatIsAllThereIsInOrder) {
    EXPECT_THAT(chain_faults(manifests_), IsEmpty());
    EXPECT_THAT(faults_of(entries_), IsEmpty());
    std::vector<storage::Entry> twice = entries_;
    twice.insert(twice.end(), entries_.begin(), entries_.end());
    EXPECT_THAT(faults_of(twice), IsEmpty()) << "at least once is once";
}

TEST_F(Check, WhateverIsTakenOutIsNamed) {
    for (std::size_t out = 0; out < entries_.size(); ++out) {
        const auto& gone = entries_[out];
        if (gone.till.empty() || gone.kind == storage::EntryKind::kQuarantined) continue;
        std::vector<storage::Entry> received = entries_;
        received.erase(received.begin() + static_cast<std::ptrdiff_t>(out));
        const bool by_id = !gone.till_sequence || gone.transaction_id == "counted-anew";
        const std::string name = by_id ? "id " + gone.transaction_id : "number " + std::to_string(*gone.till_sequence);
        const auto faults = faults_of(received);
        EXPECT_THAT(faults, Contains(fault("missing", "till " + gone.till, name))) << gone.number;
        EXPECT_EQ(std::ranges::count(faults, std::string("missing"), &ManifestFault::kind), 1) << gone.number;
    }
}

TEST_F(Check, AChangedAmountShows) {
    entries_[4] = numbered(5, handed_over("t1", *entries_[4].till_sequence, 1));
    EXPECT_THAT(faults_of(entries_), Contains(fault("differs", "till t1", "sale in EUR")));
}

TEST_F(Check, WhatTheStoreNeverHadIsNamed) {
    std::vector<storage::Entry> received = entries_;
    auto foreign = numbered(3, handed_over("t3", 1, 100));
    received.insert(received.begin(), foreign);
    EXPECT_THAT(faults_of(received), Contains(fault("too_much", "till t3", "number 1")));
}

TEST_F(Check, WhatNoManifestCoversIsNotJudged) {
    std::vector<storage::Entry> received = entries_;
    received.push_back(numbered(1000, handed_over("t1", 500, 100)));
    EXPECT_THAT(faults_of(received), IsEmpty());
}

TEST_F(Check, AManifestThatIsLeftOutShows) {
    auto third = manifests_[1];
    third.manifest.serial = 4;
    third.manifest.first = third.manifest.last + 10;
    third.manifest.last = third.manifest.first - 1;
    third.manifest.entries = 0;
    manifests_.push_back(third);
    EXPECT_THAT(chain_faults(manifests_),
                testing::ElementsAre(fault("broken_chain", "manifest 4 of 2026-11-20", "between 2 and 4"),
                                     fault("broken_chain", "manifest 4 of 2026-11-20", "begins at")));
}

TEST_F(Check, AnotherManifestInItsPlaceShows) {
    manifests_[0].jws = "another";
    EXPECT_THAT(chain_faults(manifests_), Contains(fault("broken_chain", "manifest 2 of 2026-11-20", "follows")));
    manifests_[0].jws = "jws-1";
    manifests_[1].manifest.entries -= 1;
    EXPECT_THAT(chain_faults(manifests_), Contains(fault("broken_chain", "manifest 2 of 2026-11-20", "count")));
}

}  // namespace
}  // namespace tillkeeper::agent
