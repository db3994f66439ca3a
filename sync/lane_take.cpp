// Lane, first half: what leaves next.
#include <algorithm>
#include <set>

#include "sync/lane.h"

namespace tillkeeper::sync {

void Lane::add(storage::Entry entry) {
    bytes_ += entry.body.size();
    if (queue_.empty() || queue_.back().number < entry.number) {
        queue_.push_back(std::move(entry));
        return;
    }
    const auto place = std::upper_bound(queue_.begin(), queue_.end(), entry.number,
                                        [](auto number, const auto& queued) { return number < queued.number; });
    queue_.insert(place, std::move(entry));
}

void Lane::take_at(std::size_t index) {
    const auto place = queue_.begin() + static_cast<std::ptrdiff_t>(index);
    in_flight_.push_back(std::move(*place));
    queue_.erase(place);
}

const std::vector<storage::Entry>& Lane::take(MonotonicTime now, const Gate& gate, std::vector<Settled>& settled) {
    if (busy() || queue_.empty() || now < not_before_) return in_flight_;
    const bool suspect_had_its_turn = turn_ == Turn::kSuspect;
    if (!suspect_had_its_turn) take_suspect(now);
    if (!busy()) take_others(gate, settled);
    if (!busy() && suspect_had_its_turn) take_control();
    if (!busy()) take_suspect(now);
    if (!busy()) turn_ = Turn::kOthers;
    return in_flight_;
}

void Lane::take_suspect(MonotonicTime now) {
    for (const auto& [till, suspect] : suspects_) {
        if (suspect.next_try > now) continue;
        const auto found = std::ranges::find(queue_, suspect.number, &storage::Entry::number);
        if (found == queue_.end()) continue;
        take_at(static_cast<std::size_t>(found - queue_.begin()));
        turn_ = Turn::kSuspect;
        return;
    }
}

// `entry` is the oldest of its till: when it goes alone, nothing later can be taken before it.
bool Lane::single_file(const storage::Entry& entry) {
    const auto place = single_file_.find(entry.till);
    if (place == single_file_.end()) return false;
    if (entry.number <= place->second) return true;
    single_file_.erase(place);  // all those are settled
    return false;
}

// The usual way: the oldest ones, as many as may, none of a till that has to wait.
void Lane::take_others(const Gate& gate, std::vector<Settled>& settled) {
    std::set<std::string, std::less<>> waiting;
    std::size_t bytes = 0;
    const std::size_t most = probe_ == 0 ? size_ : std::min(size_, probe_);
    turn_ = Turn::kOthers;
    for (std::size_t index = 0; index < queue_.size() && in_flight_.size() < most;) {
        storage::Entry& entry = queue_[index];
        if (suspects_.contains(entry.till) || waiting.contains(entry.till)) {
            ++index;
            continue;
        }
        const Clearance clearance = entry.refers_to.empty() ? Clearance{} : gate(entry);
        if (clearance.kind == Clearance::Kind::kNotYet) {
            waiting.insert(entry.till);
            ++index;
            continue;
        }
        if (clearance.kind == Clearance::Kind::kWaitsFor) {
            settle(std::move(entry), Settled::Kind::kWaiting, "the transaction that it refers to is held", settled);
            settled.back().waits_for = clearance.waits_for;
            queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(index));
            continue;
        }
        bytes += entry.body.size();
        if (!in_flight_.empty() && bytes > limits_.bytes_max) return;
        if (single_file(entry)) waiting.insert(entry.till);
        take_at(index);
    }
}

// Only suspects' tills are left, and this lane has no evidence of its own.
void Lane::take_control() {
    if (!control_ || suspects_.empty()) return;
    in_flight_.push_back(*control_);
    turn_ = Turn::kControl;
}

MonotonicTime Lane::next_try(MonotonicTime now) const {
    if (busy()) return MonotonicTime::max();
    if (not_before_ > now) return not_before_;
    MonotonicTime earliest = MonotonicTime::max();
    for (const auto& [till, suspect] : suspects_)
        if (suspect.next_try > now) earliest = std::min(earliest, suspect.next_try);
    return earliest;
}

}  // namespace tillkeeper::sync
