// Lane, second half: what an answer means for what was in flight.
#include "sync/lane.h"

#include <algorithm>

namespace tillkeeper::sync {
namespace {

constexpr unsigned kFailuresBeforeHalving = 2;  // one may be chance

}  // namespace

void Lane::settle(storage::Entry entry, Settled::Kind kind, std::string reason, std::vector<Settled>& settled) {
    bytes_ -= entry.body.size();
    if (const auto suspect = suspects_.find(entry.till);
        suspect != suspects_.end() && suspect->second.number == entry.number)
        suspects_.erase(suspect);
    settled.push_back({.kind = kind, .entry = std::move(entry), .reason = std::move(reason)});
}

void Lane::put_back(std::vector<storage::Entry> entries) {
    if (queue_.empty() || (!entries.empty() && entries.back().number < queue_.front().number)) {
        queue_.insert(queue_.begin(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
        return;
    }
    for (auto& entry : entries) {
        bytes_ -= entry.body.size();
        add(std::move(entry));
    }
}

void Lane::drop(const std::vector<std::pair<std::size_t, std::string>>& faults, std::vector<Settled>& settled) {
    if (turn_ == Turn::kControl && !faults.empty()) return in_flight_.clear();
    for (auto fault = faults.rbegin(); fault != faults.rend(); ++fault) {
        const auto place = in_flight_.begin() + static_cast<std::ptrdiff_t>(fault->first);
        settle(std::move(*place), Settled::Kind::kHeld, fault->second, settled);
        in_flight_.erase(place);
    }
}

void Lane::finish(const Answer& answer, const std::vector<ItemAnswer>& items, MonotonicTime now, Random& random,
                  Evidence& evidence, std::vector<Settled>& settled) {
    const bool alone = in_flight_.size() == 1;
    if (turn_ == Turn::kControl) {
        const AnswerKind kind = items.empty() ? answer.kind : items.front().kind;
        return finish_control(kind == AnswerKind::kDelivered, answer, now, random, evidence);
    }
    if (!items.empty()) {
        const std::size_t settled_before = settled.size();
        finish_items(items, settled);
        if (settled.size() > settled_before) return succeeded(evidence, now);
        return failed(answer, now, random, evidence, settled);
    }
    switch (answer.kind) {
        case AnswerKind::kDelivered:
            use_as_control(in_flight_.back());
            for (auto& entry : in_flight_) settle(std::move(entry), Settled::Kind::kDelivered, {}, settled);
            in_flight_.clear();
            return succeeded(evidence, now);
        case AnswerKind::kUnauthorised:
            return put_back(std::exchange(in_flight_, {}));
        case AnswerKind::kRejected:
            if (!alone) {
                halve();
                return put_back(std::exchange(in_flight_, {}));
            }
            if (!evidence.rejection_credible()) break;
            evidence.lone_rejected();
            settle(std::move(in_flight_.front()), Settled::Kind::kHeld, answer.reason, settled);
            return in_flight_.clear();
        case AnswerKind::kAgain:
            break;
    }
    failed(answer, now, random, evidence, settled);
}

void Lane::finish_items(const std::vector<ItemAnswer>& items, std::vector<Settled>& settled) {
    std::vector<storage::Entry> remaining;
    for (std::size_t i = 0; i < in_flight_.size(); ++i) {
        if (items[i].kind == AnswerKind::kDelivered) {
            settle(std::move(in_flight_[i]), Settled::Kind::kDelivered, {}, settled);
            settled.back().difference = items[i].difference;
            settled.back().document = items[i].document;
        } else if (items[i].kind == AnswerKind::kRejected)
            settle(std::move(in_flight_[i]), Settled::Kind::kHeld, items[i].reason, settled);
        else
            remaining.push_back(std::move(in_flight_[i]));
    }
    in_flight_ = std::move(remaining);
    if (in_flight_.size() == items.size()) return;
    for (const auto& entry : in_flight_) single_file_[entry.till] = std::max(single_file_[entry.till], entry.number);
    put_back(std::exchange(in_flight_, {}));
}

void Lane::succeeded(Evidence& evidence, MonotonicTime now) {
    evidence.others_delivered();
    if (std::exchange(others_failing_,
                      false))  // the service is back: nobody waits for a time that was meant for its absence
        for (auto& [till, suspect] : suspects_) suspect.next_try = now;
    backoff_.succeed();
    suspicious_in_row_ = 0;
    not_before_ = now;
    size_ = std::min(size_ * 2, limits_.items_max);
}

// Whatever is in flight goes back and is tried again later; there is no limit to how often.
void Lane::failed(const Answer& answer, MonotonicTime now, Random& random, Evidence& evidence,
                  std::vector<Settled>& settled) {
    not_before_ = now + backoff_.fail(random, answer.retry_after);
    const bool suspicious = answer.suspicious || answer.kind == AnswerKind::kRejected;
    const bool alone = in_flight_.size() == 1;
    if (turn_ != Turn::kSuspect) others_failing_ = true;
    if (suspicious && turn_ != Turn::kSuspect) evidence.others_failed();
    if (suspicious && alone) return suspect_failed(answer, now, random, evidence, settled);
    suspicious_in_row_ = suspicious ? suspicious_in_row_ + 1 : 0;
    if (suspicious_in_row_ >= kFailuresBeforeHalving) {
        suspicious_in_row_ = 0;
        halve();
    }
    put_back(std::exchange(in_flight_, {}));
}

void Lane::suspect_failed(const Answer& answer, MonotonicTime now, Random& random, Evidence& evidence,
                          std::vector<Settled>& settled) {
    storage::Entry entry = std::move(in_flight_.front());
    in_flight_.clear();
    auto [place, fresh] = suspects_.try_emplace(entry.till);
    Suspect& suspect = place->second;
    if (fresh)
        suspect = {
            .number = entry.number, .backoff = Backoff(limits_.backoff), .others_seen = evidence.successes_ever()};
    suspect.next_try = now + suspect.backoff.fail(random, answer.retry_after);
    if (evidence.successes_ever() > std::exchange(suspect.others_seen, evidence.successes_ever())) ++suspect.counted;
    if (evidence.beyond_chance(suspect.counted))
        return settle(std::move(entry), Settled::Kind::kHeld, "only this one fails, others are taken: " + answer.reason,
                      settled);
    std::vector<storage::Entry> back;
    back.push_back(std::move(entry));
    put_back(std::move(back));
}

void Lane::finish_control(bool taken, const Answer& answer, MonotonicTime now, Random& random, Evidence& evidence) {
    in_flight_.clear();
    if (taken) return succeeded(evidence, now);
    if (answer.kind == AnswerKind::kUnauthorised) return;
    evidence.others_failed();
    others_failing_ = true;
    not_before_ = now + backoff_.fail(random, answer.retry_after);
}

void Lane::use_as_control(storage::Entry entry) {
    constexpr std::size_t kControlBytesMax = 16384;
    if (entry.body.size() <= kControlBytesMax) control_ = std::move(entry);
}

void Lane::retry_now(MonotonicTime now) {
    not_before_ = now;
    for (auto& [till, suspect] : suspects_) suspect.next_try = now;
}

void Lane::hold_off(MonotonicTime until) {
    not_before_ = std::max(not_before_, until);
}

bool Lane::forget() {
    if (busy()) return false;
    queue_.clear();
    queue_.shrink_to_fit();
    bytes_ = 0;
    return true;
}

void Lane::limit_batches(std::size_t items) {
    probe_ = items;
}

}  // namespace tillkeeper::sync
