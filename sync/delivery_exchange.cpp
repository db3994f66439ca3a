// One exchange of a Delivery with its service: what goes out, and what its answer means for the journal.
#include <algorithm>
#include <utility>

#include "platform/log.h"
#include "sync/delivery.h"
#include "sync/kafka_rest.h"

namespace tillkeeper::sync {

void Delivery::dispatch_all() {
    const bool all_read = may_send_ && status_.cause.empty() && sync_.clock.monotonic() >= read_not_before_;
    if (all_read && queued_items() == 0) pace_.caught_up();
    const auto let_live_go = [&] {
        if (live_ != nullptr && !probing()) dispatch(*live_);
    };
    const bool live_has_a_turn = !live_went_;  // or a busy store never catches up
    if (live_has_a_turn) let_live_go();
    const std::size_t first = outage_ ? 0 : next_slot_;  // one and the same probes, or no backoff would grow
    for (std::size_t i = 0; i < slots_.size() && !probing(); ++i) {
        Slot& slot = *slots_[(first + i) % slots_.size()];
        if (&slot != live_) dispatch(slot);
    }
    if (!live_has_a_turn) let_live_go();
}

void Delivery::dispatch(Slot& slot) {
    const auto now = sync_.clock.monotonic();
    while (may_send_ && now >= pace_.next() && !slot.lane.busy() && !slot.lane.empty()) {
        std::vector<Settled> settled;
        const Gate gate = [&](const storage::Entry& entry) { return feed_.clearance(entry, windows_, now); };
        const auto& batch = slot.lane.take(now, gate, settled);
        if (!batch.empty()) slot.lane.drop(map(slot), settled);
        const bool progress = !settled.empty();
        if (progress) report(slot, std::move(settled));
        if (slot.lane.busy()) return send(slot);
        if (!progress) return;
    }
}

// Which of those in flight cannot be sent at all, and why.
RequestBuilder::Faults Delivery::map(Slot& slot) {
    const auto& batch = slot.lane.in_flight();
    if (!programs_.steps) return programs_.builder.map(batch);
    auto document = known_document(batch.front().number);
    const auto begun = programs_.steps->begin(batch.front(), std::move(document), slot.attempt, sync_.random);
    return begun ? RequestBuilder::Faults{} : RequestBuilder::Faults{{0, begun.error().message}};
}

// Under which number the destination knows it already; "" where nobody can say: then the program asks.
std::string Delivery::known_document(storage::JournalNumber number) {
    auto known = sync_.reader.bookings(number);
    if (!known) return {};
    const auto ours = std::ranges::find(*known, config_->name, &storage::Booking::destination);
    return ours == known->end() ? std::string() : std::move(ours->document);
}

// What a step has achieved is on disk before the next one leaves [sync-18]. Where the disk does not take it the attempt
// goes on: programs begin with a search, and a full disk must not stop what makes room on it.
void Delivery::ask_step(Slot& slot) {
    if (slot.attempt.to_remember.empty()) return ask(slot, std::move(slot.attempt.request));
    storage::Progress progress{.destination = config_->name, .hold = {}, .delivered = {}};
    const auto number = slot.lane.in_flight().front().number;
    progress.booked.push_back({config_->name, number, std::exchange(slot.attempt.to_remember, {})});
    sync_.writer.report(std::move(progress), sync_.loop,
                        [this, &slot](const Result<void>&) { ask(slot, std::move(slot.attempt.request)); });
}

void Delivery::send(Slot& slot) {
    if (programs_.steps) return ask_step(slot);
    if (publisher_) return publish(slot);
    auto request = programs_.builder.build(slot.lane.in_flight(), sync_.random);
    if (!request) {
        HttpResponse broken;
        broken.failure = TransportFailure::kBroken;
        broken.failure_text = request.error().message;
        return on_response(slot, broken);
    }
    ask(slot, std::move(*request));
}

void Delivery::note_turn(Slot& slot) {
    slot.token_generation = wallet_->generation();
    live_went_ = &slot == live_;
    const auto place = std::ranges::find(slots_, &slot, &std::unique_ptr<Slot>::get);
    if (!live_went_) next_slot_ = static_cast<std::size_t>(place - slots_.begin() + 1) % slots_.size();
}

void Delivery::ask(Slot& slot, HttpRequest request) {
    note_turn(slot);
    pace_.sent(request.body.size(), sync_.clock.monotonic(), sync_.random);
    slot.trace.leaves(sync_, *config_, slot.lane.in_flight(), request);
    const auto on_answer = [this, &slot](const HttpResponse& response) {
        const auto ended = std::move(slot.call);
        on_response(slot, response);
        pump();
    };
    // Another lane may have heard meanwhile that the service wants to be left alone.
    const auto may_repeat = [this, &slot] {
        slot.nonce_waits = pace_.off(sync_.clock.monotonic());
        return !slot.nonce_waits;
    };
    slot.call = wallet_->send(std::move(request), on_answer, may_repeat);
}

void Delivery::on_response(Slot& slot, const HttpResponse& response) {
    const auto& batch = slot.lane.in_flight();
    const auto now = sync_.clock.wall();
    pace_.heard(read_quota(response.headers), sync_.clock.monotonic(), sync_.random);
    slot.trace.answered(response.status);
    if (programs_.steps) {
        auto end = programs_.steps->go_on(batch.front(), response, slot.attempt, now, sync_.random);
        if (end) return finish(slot, response.failure, std::move(*end));
        slot.trace.goes_on(sync_);
        return ask_step(slot);
    }
    if (config_->kind == DestinationKind::kKafkaRest)
        return finish(slot, response.failure, read_kafka_answer(response, batch.size(), config_->topic, now));
    JqProgram* program = programs_.answer ? &*programs_.answer : nullptr;
    finish(slot, response.failure, read_answer(response, batch, config_->proof_by_item, program, now));
}

void Delivery::finish(Slot& slot, TransportFailure failure, BatchAnswer read) {
    const auto now = sync_.clock.monotonic();
    Answer& answer = read.answer;
    if (answer.kind == AnswerKind::kUnauthorised && config_->oauth.auth == ClientAuth::kNone)
        answer.kind = AnswerKind::kAgain;  // there is no token that could be renewed
    if (answer.kind == AnswerKind::kUnauthorised && !std::exchange(slot.nonce_waits, false))
        wallet_->refused(slot.token_generation);
    else if (answer.kind == AnswerKind::kDelivered || answer.kind == AnswerKind::kRejected)
        wallet_->worked(slot.token_generation);
    slot.attempt = {};
    slot.trace.ends(sync_, read);
    const bool suspect = slot.lane.tries_suspect();  // whether it fails says nothing about the service
    std::vector<Settled> settled;
    slot.lane.finish(answer, read.items, now, sync_.random, evidence_, settled);
    if (answer.retry_after) pace_.asked_off(*answer.retry_after, now, sync_.random);
    if (answer.kind == AnswerKind::kDelivered || answer.kind == AnswerKind::kRejected) pace_.taken(now, sync_.random);
    if (answer.too_many) pace_.refused();
    if (answer.kind == AnswerKind::kAgain && !answer.too_many && !suspect) pace_.failed(now);
    outage_ = failure != TransportFailure::kNone && !answer.suspicious;
    if (outage_)
        for (auto& other : slots_) other->lane.hold_off(slot.lane.next_try(now));
    note(answer, failure == TransportFailure::kNone);
    reconcile(slot, std::move(settled));
}

// What the store and this destination say differently about a transaction that is settled now.
std::optional<Difference> Delivery::difference_about(const Settled& item, bool was_held) {
    if (item.entry.type == kReconciliationType) return std::nullopt;  // or two that differ would go on for ever
    if (item.kind == Settled::Kind::kHeld && !item.difference) return refusal_of(item.entry, item.reason);
    if (item.kind != Settled::Kind::kDelivered || !was_held) return item.difference;
    auto end = end_of_refusal(item.entry, item.difference);
    if (!end) return item.difference;
    const auto refused = reconciler_.refused(item.entry);
    return refused && *refused ? end : item.difference;
}

// Accept after sync, delete after proof: a difference is in the journal before its transaction is settled [sync-11].
void Delivery::reconcile(Slot& slot, std::vector<Settled> settled) {
    std::vector<Settled> agreed;
    for (auto& item : settled) {
        const auto difference = difference_about(item, slot.outside_order);
        if (!difference) {
            agreed.push_back(std::move(item));
            continue;
        }
        const storage::Entry about = item.entry;
        reconciler_.note(about, *difference, [this, &slot, item = std::move(item)]() mutable {
            std::vector<Settled> one;
            one.push_back(std::move(item));
            report(slot, std::move(one));
            pump_soon();
        });
    }
    report(slot, std::move(agreed));
}

// A service may repeat what it was sent, and so may a program that reads its answer: that is not for the log.
void Delivery::note(const Answer& answer, bool answered) {
    const std::string reason = answered ? answer.reason.substr(0, answer.reason.find(": ")) : answer.reason;
    switch (answer.kind) {
        case AnswerKind::kDelivered:
            return note_taken();
        case AnswerKind::kUnauthorised:
            ++status_.unauthorised;
            return;
        case AnswerKind::kRejected:
            // An answer about the content proves that the service is there - unless it says so about everything.
            if (evidence_.rejection_credible()) return note_taken();
            return note_waiting("service", reason);
        case AnswerKind::kAgain:
            ++status_.again;
            return note_waiting(answer.cause.empty() ? "service" : answer.cause, reason);
    }
}

storage::HeldItem Delivery::held_item(const Settled& item, storage::JournalNumber body_number) const {
    return {.destination = config_->name,
            .number = item.entry.number,
            .state = item.kind == Settled::Kind::kHeld ? storage::HeldState::kHeld : storage::HeldState::kWaiting,
            .reason = item.reason,
            .waits_for = item.waits_for,
            .body_number = body_number,
            .since = sync_.clock.wall()};
}

void Delivery::report(Slot& slot, std::vector<Settled> settled) {
    const auto now = sync_.clock.monotonic();
    storage::Progress progress{.destination = config_->name, .hold = {}, .delivered = {}};
    std::uint64_t delivered = 0;
    for (const Settled& item : settled) {
        const auto number = item.entry.number;
        const auto body_number = slot.outside_order ? held_.done(number) : number;
        if (item.kind == Settled::Kind::kDelivered) {
            ++delivered;
            note_time(item.entry.arrival, now);
            if (!item.document.empty()) progress.booked.push_back({config_->name, number, item.document});
            if (!slot.outside_order) continue;
            progress.delivered.push_back(number);
            held_.reported_gone(number, now);
        } else {
            if (item.kind == Settled::Kind::kHeld) ++status_.rejected;
            progress.hold.push_back(held_item(item, body_number));
            held_.reported_held(number, now);
        }
    }
    if (!slot.outside_order)
        for (const Settled& item : settled) windows_.settle(item.entry.number);
    if (!progress.delivered.empty()) walk_at_ = std::min(walk_at_, now + std::chrono::seconds(2));  // its waiters
    status_.delivered += delivered;
    rate_.count(delivered, now);
    if (progress.hold.empty() && progress.delivered.empty() && progress.booked.empty()) return report_cursor();
    progress.cursor = windows_.cursor();
    reported_cursor_ = progress.cursor;
    sync_.writer.report(std::move(progress));
}

// Not counted: what came before this boot, where one of the two clocks was not set.
void Delivery::note_time(const storage::Arrival& arrival, MonotonicTime now) {
    if (arrival.boot_id == boot_id_) return status_.times.count(now - arrival.monotonic);
    const auto took = sync_.clock.wall() - arrival.arrived_at;
    if (arrival.clock_trusted && took >= Duration::zero()) status_.times.count(took);
}

// What the disk does not give back is held at once: a person has the receipt, and everything after it goes on. [sync-6]
void Delivery::hold_damaged(storage::Entry entry) {
    const std::string reason = "it cannot be read back from the disk: " + entry.damaged;
    log(LogLevel::kError, "a transaction is damaged", {{"destination", config_->name}, {"number", entry.number}});
    std::vector<Settled> settled;
    settled.push_back({.kind = Settled::Kind::kHeld, .entry = std::move(entry), .reason = reason});
    report(*slots_.front(), std::move(settled));
}

void Delivery::report_cursor() {
    if (windows_.cursor() <= reported_cursor_) return;
    reported_cursor_ = windows_.cursor();
    sync_.writer.report({.destination = config_->name, .hold = {}, .delivered = {}, .cursor = reported_cursor_});
}

}  // namespace tillkeeper::sync
