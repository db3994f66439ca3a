#include "tests/crash/states_workloads.h"

#include <array>
#include <utility>

namespace tillkeeper::crash {
namespace {

using disk::Call;
using storage::Decision;
using storage::EntryKind;
using storage::NewEntry;
using storage::Progress;

const std::vector<std::string> kNames{"erp", "crm"};

void begin(Story& story, std::size_t entries) {
    if (!story.open()) return;
    if (!story.add_destinations(kNames)) story.accuse("a destination cannot be registered");
    for (std::size_t i = 0; i < entries; ++i)
        if (!story.sell(1)) story.accuse("a sale was refused");
    story.begin_here();
}

void must(Story& story, bool done) {
    if (!done) story.accuse("a step failed on a disk that works");
}

void first_creation(Story& story) {
    story.begin_here();
    if (!story.open()) return;
    must(story, story.add_destinations(kNames));
    must(story, story.sell(1));
    story.close();
}

void one_by_one(Story& story) {
    begin(story, 3);
    for (int i = 0; i < 8; ++i) must(story, story.sell(1, 200 + story.random().below(1500)));
}

void in_groups(Story& story) {
    begin(story, 2);
    for (int i = 0; i < 4; ++i) {
        std::vector<NewEntry> group;
        for (auto n = story.random().below(8) + 2; n > 0; --n) group.push_back(story.sale());
        group.push_back(group.front());  // twice in one call
        must(story, story.commit(std::move(group)));
    }
}

void large_bodies(Story& story) {
    begin(story, 1);
    must(story, story.sell(1, 40'000 + story.random().below(20'000)));
    must(story, story.sell(2, 9'000));
    must(story, story.checkpoint());
    must(story, story.sell(1, 30'000));
}

void checkpointing(Story& story) {
    begin(story, 6);
    for (int i = 0; i < 3; ++i) {
        must(story, story.checkpoint());
        must(story, story.sell(2));  // the log begins anew
        must(story, story.sell(1));
    }
}

void beside_a_reader(Story& story) {
    begin(story, 4);
    auto reader = storage::Connection::open("./journal.db", storage::Connection::Mode::kRead, story.disk().vfs());
    if (!reader || !reader->execute("BEGIN") || !reader->integer("SELECT count(*) FROM entries")) return;
    must(story, story.sell(2));
    must(story, story.checkpoint());  // as far as the reader lets it
    must(story, story.sell(1));
    must(story, reader->execute("COMMIT").has_value());
    must(story, story.checkpoint());
    must(story, story.sell(1));
}

void starting_again(Story& story) {
    begin(story, 3);
    story.close();
    for (int i = 0; i < 2 && story.open(); ++i) {
        must(story, story.sell(2));
        story.close();
    }
}

void pruning(Story& story) {
    begin(story, 16);
    std::vector<storage::Booking> booked;
    for (storage::JournalNumber number = 1; number <= 14; ++number)
        booked.push_back({"erp", number, std::to_string(number)});
    must(story, story.report({.destination = "erp", .hold = {}, .delivered = {}, .booked = booked, .cursor = 14}));
    must(story, story.report({.destination = "crm", .hold = {}, .delivered = {}, .cursor = 11}));
    for (int i = 0; i < 3; ++i) {
        must(story, story.prune(static_cast<std::int64_t>(story.random().below(5)) + 2));
        must(story, story.sell(1));
    }
    must(story, story.checkpoint());
    must(story, story.prune(100));
    for (const auto& name : kNames)  // all but the newest may go now
        must(story,
             story.report({.destination = name, .hold = {}, .delivered = {}, .cursor = story.certain().newest()}));
    must(story, story.prune(100));
    must(story, story.sell(1));
}

void moving_cursors(Story& story) {
    begin(story, 6);
    for (int i = 1; i <= 5; ++i) {
        Progress erp{.destination = "erp",
                     .hold = {},
                     .delivered = {},
                     .booked = {{"erp", i + 1, "SO-" + std::to_string(i)}},
                     .cursor = i + 1};
        Progress crm{.destination = "crm", .hold = {}, .delivered = {}, .cursor = 2 * i};
        must(story, story.commit({story.sale()}, {erp, crm}));
    }
    must(story, story.report({.destination = "erp", .hold = {}, .delivered = {}, .cursor = 2}));  // never back
}

void holding(Story& story) {
    begin(story, 8);
    Progress first{
        .destination = "erp", .hold = {story.held("erp", 2), story.held("erp", 4, 2)}, .delivered = {}, .cursor = 5};
    must(story, story.commit({story.sale()}, {first}));
    Progress second{.destination = "erp", .hold = {story.held("erp", 6, 4)}, .delivered = {2}, .cursor = 7};
    must(story, story.commit({story.sale(), story.sale()}, {second}));
    must(story, story.report({.destination = "erp", .hold = {}, .delivered = {4}, .cursor = 9}));
    must(story, story.report({.destination = "crm", .hold = {story.held("crm", 3)}, .delivered = {}, .cursor = 4}));
}

void decisions(Story& story) {
    begin(story, 5);
    NewEntry strange = story.sale();
    strange.kind = EntryKind::kQuarantined;
    NewEntry stranger = story.sale();
    stranger.kind = EntryKind::kQuarantined;
    Progress held{.destination = "erp",
                  .hold = {story.held("erp", 2), story.held("erp", 3), story.held("erp", 4, 3)},
                  .delivered = {},
                  .cursor = 5};
    must(story, story.commit({strange, stranger}, {held}));
    must(story, story.decide(Decision::Kind::kRepair, "", 6));
    must(story, story.decide(Decision::Kind::kRetry, "", 7));
    must(story, story.decide(Decision::Kind::kRepair, "erp", 2));
    must(story, story.decide(Decision::Kind::kSkip, "erp", 3));
    must(story, story.decide(Decision::Kind::kRetry, "erp", 4));
}

void quarantine(Story& story) {
    begin(story, 3);
    NewEntry strange = story.sale();
    strange.kind = EntryKind::kQuarantined;
    must(story, story.commit({strange, story.sale()}));
    must(story, story.commit({story.sale_with_id(strange.transaction_id, 400)}));  // the same id, other content
    must(story, story.commit({strange}));                                          // known
    must(story, story.commit({story.sale_with_id("twice", 100), story.sale_with_id("twice", 200)}));
    must(story, story.decide(Decision::Kind::kSkip, "", 4));
}

// Two tills at once, a repetition, a failed sync in the middle, and pots that go with their last entry.
void spending(Story& story) {
    begin(story, 2);
    const auto redemption = [&](std::int64_t amount) {
        NewEntry entry = story.sale();
        entry.spends = {{.pot = "lease", .amount = amount, .limit = 100}, {.pot = "store", .amount = 1, .limit = 4}};
        return entry;
    };
    const NewEntry first = redemption(60);
    must(story, story.commit({first, redemption(60), story.sale(), redemption(30)}));
    must(story, story.commit({first}));
    const std::vector<NewEntry> group{redemption(10), redemption(10)};
    story.disk().fail(Call::kSync, 1);
    const bool done = story.commit(group);
    story.disk().heal();
    if (!done) must(story, story.recover());
    must(story, story.commit(group));
    for (const auto& name : kNames)
        must(story, story.report({.destination = name, .hold = {}, .delivered = {}, .cursor = 6}));
    for (int i = 0; i < 2; ++i) must(story, story.prune(5));
}

void full_disk(Story& story) {
    begin(story, 4);
    auto& disk = story.disk();
    disk.limit(disk.used_bytes() + 6'000);
    bool full = false;
    // The room made for the log is used up first, too slowly to try all of it: the database fills up at a checkpoint.
    for (int i = 0; i < 6 && !full; ++i) full = !story.sell(3, 1'500) || !story.checkpoint();
    must(story, story.report({.destination = "erp", .hold = {}, .delivered = {}, .cursor = 2}));
    static_cast<void>(story.journal().restore_ballast());
    disk.limit({});
    must(story, story.journal().restore_ballast().has_value());
    must(story, story.sell(1));
}

// Without room made for it the log cannot grow: only the ballast lets progress be written.
void full_log(Story& story) {
    story.wal_room_bytes = 0;
    begin(story, 4);
    auto& disk = story.disk();
    for (std::int64_t delivered = 2; delivered <= 3; ++delivered) {
        disk.limit(disk.used_bytes());
        bool full = false;
        for (int i = 0; i < 20 && !full; ++i) full = !story.sell(3, 1'500);
        if (!full) story.accuse("the disk never fills up");
        must(story, story.report({.destination = "erp", .hold = {}, .delivered = {}, .cursor = delivered}));
        disk.limit({});
        must(story, story.journal().restore_ballast().has_value());
        must(story, story.sell(1));
    }
}

void again_after(Story& story, Call call) {
    begin(story, 3);
    auto& disk = story.disk();
    for (int i = 0; i < 2; ++i) {
        disk.fail(call, story.random().below(5) + 1);
        const std::vector<NewEntry> group{story.sale(), story.sale(600)};
        bool done = story.commit(group);
        done = done && story.checkpoint();
        disk.heal();
        if (!done) must(story, story.recover());
        must(story, story.commit(group));  // what was stored is not stored twice
        must(story, story.sell(1));
    }
}

void failed_sync(Story& story) {
    again_after(story, Call::kSync);
}
void failed_write(Story& story) {
    again_after(story, Call::kWrite);
}

void sealed(Story& story) {
    story.begin_here();
    if (!story.open()) return;
    must(story, story.sell(2));
    must(story, story.commit({story.sale(), story.sale()}));
    must(story, story.checkpoint());
    must(story, story.sell(1));
}

void erasing(Story& story) {
    begin(story, 2);
    must(story, story.commit({story.sale_with_id("hers", 400), story.sale(), story.sale_with_id("hers too", 9'000)}));
    must(story, story.report({.destination = "erp", .hold = {story.held("erp", 3)}, .delivered = {}, .cursor = 3}));
    must(story, story.erase("hers"));
    must(story, story.sell(1));
    must(story, story.checkpoint());
}

// More entries than one slice takes.
void changing_the_key(Story& story) {
    const std::string key = std::exchange(story.key, std::string(kOlderKey));
    if (!story.open()) return;
    std::vector<NewEntry> group;
    for (int i = 0; i < 130; ++i) group.push_back(story.sale(100));
    must(story, story.commit(std::move(group)));
    story.close();
    story.key = key;
    story.older_keys = {std::string(kOlderKey)};
    story.begin_here();
    if (!story.open()) return;
    storage::Resealing resealing;
    for (bool more = true; more;) {
        must(story, story.sell(1));
        must(story, story.reseal(resealing, more));
    }
    must(story, story.sell(1));
}

constexpr std::array kWorkloads{
    Workload{"first_creation", first_creation},
    Workload{"one_by_one", one_by_one},
    Workload{"in_groups", in_groups},
    Workload{"large_bodies", large_bodies},
    Workload{"checkpointing", checkpointing},
    Workload{"beside_a_reader", beside_a_reader},
    Workload{"starting_again", starting_again},
    Workload{"pruning", pruning},
    Workload{"moving_cursors", moving_cursors},
    Workload{"holding", holding},
    Workload{"decisions", decisions},
    Workload{"quarantine", quarantine},
    Workload{"spending", spending},
    Workload{"full_disk", full_disk},
    Workload{"full_log", full_log},
    Workload{"failed_sync", failed_sync},
    Workload{"failed_write", failed_write},
    Workload{"sealed", sealed, "0123456789abcdef0123456789abcdef"},
    Workload{"erasing", erasing},
    Workload{"erasing_sealed", erasing, "0123456789abcdef0123456789abcdef"},
    Workload{"changing_the_key", changing_the_key, "0123456789abcdef0123456789abcdef"},
};

}  // namespace

std::span<const Workload> workloads() {
    return kWorkloads;
}

}  // namespace tillkeeper::crash
