#include "tests/crash/states_explorer.h"

#include <algorithm>
#include <iostream>

namespace tillkeeper::crash {
namespace {

using disk::Call;
using disk::Contents;
using disk::Shape;

constexpr std::uint64_t kComplaintsMax = 20;

bool changes_the_disk(Call call) {
    return call == Call::kWrite || call == Call::kTruncate || call == Call::kSync || call == Call::kDelete;
}

std::uint64_t changing_calls(const disk::Disk& disk) {
    return disk.calls(Call::kWrite) + disk.calls(Call::kTruncate) + disk.calls(Call::kSync) + disk.calls(Call::kDelete);
}

}  // namespace

Explorer::Explorer(std::uint64_t seed, std::uint64_t stride) : seed_(seed), stride_(stride) {}

void Explorer::explore(const Workload& workload, std::uint64_t round) {
    workload_ = workload.name;
    round_ = round;
    point_ = 0;
    const std::uint64_t seed = seed_ + round * 1'000'003;
    random_ = fakes::SeededRandom(seed ^ std::hash<std::string_view>{}(workload.name));
    disk::Disk::seed_sqlite(static_cast<std::uint32_t>(seed));
    fakes::SeededRandom disk_random(seed);
    disk::Disk disk(disk_random);
    Story story(disk, seed);
    bool watching = false;
    story.begin_here = [&] {
        watching = true;
        disk.on_call = [&](Call call, std::size_t /*bytes*/) {
            if (changes_the_disk(call)) stop(story);
        };
    };
    codec_.emplace(storage::BodyKeys{.current = std::string(workload.key), .older = {std::string(kOlderKey)}});
    story.key = workload.key;
    workload.run(story);
    disk.on_call = {};
    if (watching) stop(story);
    if (!story.wrong().empty()) complain("on the way", story.wrong());
    for (const auto& broken : disk.violations()) complain("on the way", broken);
}

void Explorer::stop(const Story& story) {
    if (++point_ % stride_ != round_ % stride_) return;
    ++findings_.points;
    const Contents left = story.disk().contents();
    if (left.settled()) return crash(story, left, Shape::kNothingUnsynced);
    crash(story, left, std::nullopt);
    for (int shape = 0; shape < disk::kShapes; ++shape) crash(story, left, static_cast<Shape>(shape));
}

// Without a shape only the process dies.
void Explorer::crash(const Story& story, const Contents& left, std::optional<Shape> shape) {
    scratch_.put(left);
    if (shape) scratch_.cut_power(*shape);
    const Contents before = scratch_.contents();
    const std::uint64_t calls = changing_calls(scratch_);
    check(story, shape ? "shape " + std::to_string(static_cast<int>(*shape)) : "kill");
    crash_again(story, before, changing_calls(scratch_) - calls);
}

void Explorer::crash_again(const Story& story, const Contents& before, std::uint64_t calls) {
    if (calls == 0 || random_.below(2) == 0) return;
    // Most calls fill the log's room with zeros: what comes before and after that is worth more.
    const std::uint64_t some = std::min<std::uint64_t>(calls, 14);
    std::uint64_t at = random_.below(some) + 1;
    if (random_.below(3) == 0) at = calls - random_.below(some);
    if (random_.below(4) == 0) at = random_.below(calls) + 1;
    scratch_.put(before);
    scratch_.freeze_after(at);
    auto options = story.options();
    options.vfs = scratch_.vfs();
    options.device = &gauge_;
    {
        auto dying = storage::Journal::open(options);
    }
    const auto shape = static_cast<Shape>(random_.below(disk::kShapes));
    scratch_.cut_power(shape);
    ++findings_.second;
    check(story, "again at " + std::to_string(at) + " shape " + std::to_string(static_cast<int>(shape)));
}

void Explorer::check(const Story& story, const std::string& how) {
    ++findings_.states;
    const std::string wrong = judge(story);
    if (!wrong.empty()) complain(how, wrong);
}

void Explorer::complain(const std::string& how, const std::string& what) {
    if (++findings_.lost <= kComplaintsMax)
        std::cout << "LOST workload=" << workload_ << " seed=" << seed_ << " round=" << round_ << " call=" << point_
                  << " " << how << ": " << what << std::endl;
}

std::string Explorer::judge(const Story& story) {
    auto options = story.options();
    options.vfs = scratch_.vfs();
    options.device = &gauge_;
    auto& disk = story.disk();
    scratch_.limit(disk.used_bytes() + disk.free_bytes());
    auto journal = storage::Journal::open(options);
    if (!journal) return "it does not open: " + journal.error().message;
    auto connection = storage::Connection::open("./journal.db", storage::Connection::Mode::kRead, scratch_.vfs());
    if (!connection) return "it cannot be read: " + connection.error().message;
    auto found = read_books(*connection, *codec_);
    if (!found) return found.error().message;
    const auto& possible = story.possible();
    if (std::ranges::find(possible, *found) == possible.end())
        return difference(possible.front(), *found) + (possible.size() > 1 ? ", nor as after the step" : "");
    scratch_.limit({});
    if (auto wrong = sell_on(**journal, *found); !wrong.empty()) return wrong;
    // What was answered after the crash outlives the next one: now and then, since it costs another opening.
    if (random_.below(4) == 0) {
        scratch_.cut_power(Shape::kNothingUnsynced);
        if (auto wrong = kept(*found); !wrong.empty()) return wrong;
    }
    journal->reset();
    return scratch_.violations().empty() ? "" : scratch_.violations().front();
}

std::string Explorer::kept(Books expected) {
    auto connection = storage::Connection::open("./journal.db", storage::Connection::Mode::kRead, scratch_.vfs());
    if (!connection) return "after the next power cut it cannot be read: " + connection.error().message;
    auto found = read_books(*connection, *codec_);
    if (!found) return "after the next power cut: " + found.error().message;
    expected.rows.push_back({storage::EntryKind::kTransaction, "one-more", "one more", 0});
    const auto wrong = difference(expected, *found);
    return wrong.empty() ? "" : "after the next power cut: " + wrong;
}

std::string Explorer::sell_on(storage::Journal& journal, const Books& books) {
    storage::NewEntry entry;
    entry.transaction_id = "one-more";
    entry.till = "t9";
    entry.type = "sale";
    entry.body = "one more";
    entry.arrival.boot_id = "boot-2";
    auto receipts = journal.commit({&entry, 1}, {});
    if (!receipts) return "selling does not go on: " + receipts.error().message;
    const auto& receipt = receipts->front();
    if (receipt.acceptance != storage::Acceptance::kAccepted) return "a new sale is no new one";
    if (receipt.number != books.newest() + 1) return "the next sale has the number " + std::to_string(receipt.number);
    return "";
}

}  // namespace tillkeeper::crash
