// Workloads of a program that learns one more migration and forgets it again: every version of today, updated and
// downgraded, with the power failing at every call. [storage-9]
#include <array>

#include "storage/embedded.h"
#include "tests/crash/states_workloads.h"

namespace tillkeeper::storage {

std::span<const std::string_view> shipped_migrations();
std::span<const std::string_view> shipped_dictionaries();

namespace {

// An older program can go on with the first; not with the second, which says so.
constexpr std::string_view kCompatible =
    "CREATE TABLE labels (number INTEGER PRIMARY KEY, label TEXT NOT NULL);"
    "INSERT INTO labels SELECT number, receipt FROM entries;"
    "ALTER TABLE cursors ADD COLUMN note TEXT NOT NULL DEFAULT '';"
    "UPDATE cursors SET note = destination;";
constexpr std::string_view kOther =
    "ALTER TABLE held ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX held_by_urgency ON held (urgency);"
    "UPDATE entries SET receipt = receipt || '-v2' WHERE 0;"
    "UPDATE meta SET value = (SELECT user_version + 1 FROM pragma_user_version) WHERE key = 'compatible_version';";

bool next_known = false;
bool next_compatible = true;

}  // namespace

std::span<const std::string_view> embedded_migrations() {
    static std::vector<std::string_view> known;
    const auto shipped = shipped_migrations();
    known.assign(shipped.begin(), shipped.end());
    if (next_known) known.push_back(next_compatible ? kCompatible : kOther);
    return known;
}

std::span<const std::string_view> embedded_dictionaries() {
    return shipped_dictionaries();
}

}  // namespace tillkeeper::storage

namespace tillkeeper::crash {
namespace {

using storage::next_compatible;
using storage::next_known;

void today(Story& story) {
    next_known = false;
    const std::vector<std::string> names{"erp", "crm"};
    if (!story.open() || !story.add_destinations(names)) return;
    for (int i = 0; i < 4; ++i)
        if (!story.sell(2)) story.accuse("a sale was refused");
    if (!story.report({.destination = "erp", .hold = {story.held("erp", 2)}, .delivered = {}, .cursor = 3}))
        story.accuse("progress was refused");
    story.close();
}

void go_on(Story& story) {
    if (!story.open()) return;
    if (!story.sell(2) || !story.checkpoint() || !story.sell(1)) story.accuse("a step failed");
    story.close();
}

void update(Story& story, bool compatible) {
    today(story);
    next_compatible = compatible;
    next_known = true;
    story.begin_here();
    go_on(story);
}

void updating(Story& story) {
    update(story, true);
}
void updating_for_good(Story& story) {
    update(story, false);
}

void downgrading(Story& story) {
    today(story);
    next_known = next_compatible = true;
    go_on(story);
    next_known = false;
    story.begin_here();
    go_on(story);  // the older program works with the newer file
    next_known = true;
    go_on(story);
}

// The older program keeps its hands off, and the newer one finds everything.
void refused(Story& story) {
    today(story);
    next_compatible = false;
    next_known = true;
    go_on(story);
    next_known = false;
    const auto opened = storage::Journal::open(story.options());
    if (opened || opened.error().code != ErrorCode::kTooNew) story.accuse("an older program opens what is too new");
    next_known = true;
    story.begin_here();
    go_on(story);
}

constexpr std::array kUpgrades{
    Workload{"updating", updating},
    Workload{"updating_for_good", updating_for_good},
    Workload{"downgrading", downgrading},
    Workload{"refused_as_too_new", refused},
};

}  // namespace

std::span<const Workload> workloads() {
    return kUpgrades;
}

}  // namespace tillkeeper::crash
