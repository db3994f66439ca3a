#include "storage/waiting_work.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tillkeeper::storage {
namespace {

template <typename T>
void append(std::vector<T>& to, std::vector<T> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Group::leave_out_what_only_grows() {
    entries.clear();
    for (auto& one : progress) one.booked.clear();
}

Result<bool> WaitingWork::add(WaitingEntry entry) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= entries_max_) return fail(ErrorCode::kLimit, "journal: too many transactions are waiting");
    entries_.push_back(std::move(entry));
    return !std::exchange(drain_asked_, true);
}

bool WaitingWork::add(WaitingDecision decision) {
    const std::lock_guard lock(mutex_);
    decisions_.push_back(std::move(decision));
    return !std::exchange(drain_asked_, true);
}

bool WaitingWork::add(Progress progress) {
    const std::lock_guard lock(mutex_);
    const bool first = progress_.empty();
    merge(progress_, std::move(progress));
    return first;
}

bool WaitingWork::add(Progress progress, WaitingReport report) {
    const std::lock_guard lock(mutex_);
    merge(progress_, std::move(progress));
    reports_.push_back(std::move(report));
    return !std::exchange(drain_asked_, true);
}

void WaitingWork::put_back(std::vector<Progress> progress) {
    const std::lock_guard lock(mutex_);
    for (auto& later : progress_) merge(progress, std::move(later));
    progress_ = std::move(progress);
}

// A destination's reports become one, as long as applying "hold, delivered, cursor" once means the same as twice.
void WaitingWork::merge(std::vector<Progress>& into, Progress progress) {
    const auto last = std::find_if(into.rbegin(), into.rend(),
                                   [&](const Progress& p) { return p.destination == progress.destination; });
    if (last == into.rend() || (!last->delivered.empty() && !progress.hold.empty())) {
        into.push_back(std::move(progress));
        return;
    }
    append(last->hold, std::move(progress.hold));
    append(last->delivered, std::move(progress.delivered));
    append(last->booked, std::move(progress.booked));
    last->cursor = std::max(last->cursor, progress.cursor);
}

Group WaitingWork::take(std::size_t entries_max) {
    const std::lock_guard lock(mutex_);
    Group group;
    const std::size_t count = std::min(entries_max, entries_.size());
    group.entries.reserve(count);
    group.askers.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        group.entries.push_back(std::move(entries_.front().entry));
        group.askers.push_back(std::move(entries_.front()));
        entries_.pop_front();
    }
    group.progress = std::exchange(progress_, {});
    group.reports = std::exchange(reports_, {});
    group.decisions = std::exchange(decisions_, {});
    drain_asked_ = !entries_.empty();  // the drain that takes this posts the next one itself
    return group;
}

bool WaitingWork::urgent() const {
    const std::lock_guard lock(mutex_);
    return !entries_.empty() || !decisions_.empty() || !reports_.empty();
}

bool WaitingWork::empty() const {
    const std::lock_guard lock(mutex_);
    return entries_.empty() && decisions_.empty() && progress_.empty();
}

bool WaitingWork::full() const {
    const std::lock_guard lock(mutex_);
    return entries_.size() >= entries_max_;
}

}  // namespace tillkeeper::storage
