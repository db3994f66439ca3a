#include "till/till_inside.h"

#include <algorithm>
#include <utility>

#include "till/outbox_rows.h"
#include "till/sale_document.h"

namespace tillkeeper::pos {
namespace {

constexpr Duration kLookAfterEvery = std::chrono::seconds(1);
constexpr std::string_view kDamaged = "damaged_in_outbox";

std::uint64_t digest_of(const Sale& sale) {
    std::uint64_t sum = fingerprint(sale.type);
    for (const auto* text : {&sale.content, &sale.occurred_at, &sale.business_day, &sale.receipt})
        sum = fingerprint(*text, sum);
    return sum;
}

Answer answer_of(const KeptSale& sale, Outcome outcome, std::string problem) {
    Answer answer;
    answer.id = sale.id;
    answer.till_sequence = sale.sequence;
    answer.receipt = sale.receipt;
    answer.outcome = outcome;
    answer.problem = std::move(problem);
    return answer;
}

}  // namespace

Till::Inside::Inside(Settings settings, Events events, std::unique_ptr<Outbox> outbox, ReadySet ready)
    : settings_(std::move(settings)),
      events_(std::move(events)),
      outbox_(std::move(outbox)),
      hand_over_(settings_.in_flight, settings_.answer_timeout),
      ready_(std::move(ready)) {
    arm();
}

Result<std::optional<Receipt>> Till::Inside::handed_over_before(const Sale& sale, std::uint64_t digest) {
    auto found = outbox_->find(sale.id);
    if (!found) return std::unexpected(std::move(found.error()));
    if (!*found) return std::nullopt;
    if ((*found)->digest != digest)
        return fail(ErrorCode::kInvalid, "another sale was handed over under this id before");
    Receipt receipt;
    receipt.id = (*found)->id;
    receipt.till_sequence = (*found)->sequence;
    receipt.receipt = (*found)->receipt;
    receipt.repeated = true;
    return receipt;
}

Result<Receipt> Till::Inside::hand_over(const Sale& given) {
    if (closed_) return fail(ErrorCode::kInvalid, "this till was closed");
    const std::uint64_t digest = digest_of(given);
    Sale sale = given;
    if (sale.id.empty()) sale.id = new_id();
    if (sale.occurred_at.empty()) sale.occurred_at = to_rfc3339(clock_.wall(), true);
    auto before = handed_over_before(sale, digest);
    if (!before) return std::unexpected(std::move(before.error()));
    if (*before) return **before;
    if (outbox_->waiting_count() >= kWaitingMax) return fail(ErrorCode::kLimit, "too many sales wait for an answer");
    const auto sequence = outbox_->next_sequence();
    if (!sequence) return std::unexpected(sequence.error());
    KeptSale kept{.sequence = *sequence, .id = sale.id, .receipt = sale.receipt, .document = {}, .digest = digest};
    if (kept.receipt.empty()) kept.receipt = receipt_of(settings_, *sequence);
    auto document = to_document(sale, *sequence, kept.receipt);
    if (!document) return std::unexpected(std::move(document.error()));
    kept.document = std::move(*document);
    if (auto added = outbox_->add(kept); !added) return std::unexpected(std::move(added.error()));
    send();
    arm();
    return Receipt{kept.id, kept.sequence, kept.receipt, false};
}

Result<void> Till::Inside::run_once(std::chrono::milliseconds wait_max) {
    if (closed_) return fail(ErrorCode::kInvalid, "this till was closed");
    const bool ready = ready_.wait(to_tell_.empty() ? wait_max : std::chrono::milliseconds(0));
    const auto now = clock_.monotonic();
    if (!connection_ && now >= connect_at_) connect();
    if (connection_) {
        connection_->progress(now, ready);
        // Their answers to what was published in a callback come with the next round.
        for (const auto& message : connection_->take_messages()) take(message);
        note_connection();
    }
    look_after_outbox();
    send();
    while (!to_tell_.empty()) {
        const Answer answer = std::move(to_tell_.front());
        to_tell_.pop_front();
        if (events_.answered) events_.answered(answer);
    }
    arm();
    if (auto trouble = std::exchange(trouble_, std::nullopt)) return std::unexpected(std::move(*trouble));
    return {};
}

void Till::Inside::connect() {
    connection_ = std::make_unique<Connection>(settings_, clock_.monotonic());
}

void Till::Inside::note_connection() {
    if (connection_->online() && !was_online_) {
        was_online_ = true;
        last_why_.clear();
        reconnect_.succeeded();
        ++reconnects_;
        if (events_.connection) events_.connection(true, "");
    }
    if (!connection_->lost()) return;
    const std::string why = connection_->why();
    connection_.reset();
    hand_over_.connection_lost();
    connect_at_ = reconnect_.after_loss(clock_.monotonic(), random_);
    const bool news = std::exchange(was_online_, false) || why != last_why_;
    last_why_ = why;
    if (news && events_.connection) events_.connection(false, why);
}

void Till::Inside::send() {
    if (clock_.monotonic() < outbox_rests_until_) return;
    while (online() && send_one()) continue;
}

bool Till::Inside::send_one() {
    const auto again = hand_over_.due_again(clock_.monotonic());
    if (!again && (!hand_over_.has_room() || outbox_->waiting_count() <= hand_over_.in_flight())) return false;
    auto next = outbox_->waiting_after(again ? *again - 1 : hand_over_.newest());
    if (!next) {
        remember_trouble(std::move(next.error()));
        return false;
    }
    if (again && (!*next || (*next)->sequence != *again)) return hand_over_.settled(*again);  // it has left meanwhile
    if (!*next) return false;
    const KeptSale& sale = **next;
    if (!sale.intact) {
        give_up_damaged(sale);
        return true;
    }
    MqttMessage message;
    message.topic = Connection::topic(settings_, "transactions");
    message.payload = sale.document;
    message.correlation_data = sale.id;
    if (!connection_->publish(message)) return false;
    hand_over_.sent(sale.sequence, clock_.monotonic(), random_);
    return true;
}

// What rotted on this disk is never sent as if it were the sale: it is named, and kept for a person.
void Till::Inside::give_up_damaged(const KeptSale& sale) {
    hand_over_.sent(sale.sequence, clock_.monotonic(), random_);
    static_cast<void>(hand_over_.settled(sale.sequence));
    record(sale.sequence, {true, std::string(kDamaged)});
    to_tell_.push_back(answer_of(sale, Outcome::kRefused, std::string(kDamaged)));
}

void Till::Inside::take(const MqttMessage& message) {
    if (message.topic == Connection::topic(settings_, "replies")) {
        if (auto reply = read_reply(message.payload, message.correlation_data)) take_reply(message, *reply);
    } else if (events_.store_status) {
        events_.store_status({state_of(message.payload), message.payload});
    }
}

void Till::Inside::take_reply(const MqttMessage& message, const Reply& reply) {
    auto found = outbox_->find(reply.id);
    if (!found) return remember_trouble(std::move(found.error()));  // it will be answered again
    if (!*found || (*found)->state != KeptSale::State::kWaiting) return;
    const KeptSale& sale = **found;
    if (unrecorded_.contains(sale.sequence)) return;
    if (reply.outcome == Outcome::kRefused && reply.retry_after) {
        hand_over_.put_off(sale.sequence, clock_.monotonic() + *reply.retry_after);
        if (events_.put_off) events_.put_off(sale.id);
        return;
    }
    static_cast<void>(hand_over_.settled(sale.sequence));
    Answer answer = answer_of(sale, reply.outcome, reply.problem);
    answer.journal_number = reply.journal_number;
    answer.document = message.payload;
    // Told before it leaves, so that a kill in between tells it twice rather than never. What is refused stays anyway,
    // and may be dropped as soon as it is told.
    const bool refused = reply.outcome == Outcome::kRefused;
    if (refused) record(sale.sequence, {true, reply.problem});
    if (events_.answered) events_.answered(answer);
    if (!refused) record(sale.sequence, {});
}

void Till::Inside::record(std::int64_t sequence, Unrecorded what) {
    auto done = what.refused ? outbox_->was_refused(sequence, what.problem) : outbox_->settled(sequence);
    if (done) return;
    remember_unwritten(std::move(done.error()));
    unrecorded_.emplace(sequence, std::move(what));
}

void Till::Inside::look_after_outbox() {
    const auto now = clock_.monotonic();
    if (now < look_after_at_ || now < outbox_rests_until_) return;
    look_after_at_ = now + kLookAfterEvery;
    if (auto fine = outbox_->look_after(); !fine) {
        remember_unwritten(std::move(fine.error()));
        if (now < outbox_rests_until_) return;
    }
    auto again = std::exchange(unrecorded_, {});
    for (auto& [sequence, what] : again) record(sequence, std::move(what));
}

void Till::Inside::remember_trouble(Error error) {
    outbox_rests_until_ = clock_.monotonic() + kLookAfterEvery;
    if (!trouble_) trouble_ = std::move(error);
}

// A full disk keeps answers from being noted down, and nothing else: what waits can be read, and still leaves.
void Till::Inside::remember_unwritten(Error error) {
    if (error.code != ErrorCode::kStorageFull) return remember_trouble(std::move(error));
    if (!trouble_) trouble_ = std::move(error);
}

void Till::Inside::arm() {
    ready_.watch(connection_ ? connection_->descriptor() : -1, connection_ && connection_->wants_to_write());
    const auto now = clock_.monotonic();
    auto at = connection_ ? connection_->wake_at() : connect_at_;
    if (online()) at = std::min(at, std::max(hand_over_.wake_at(), outbox_rests_until_));
    if (!to_tell_.empty() || (connection_ && connection_->lost())) at = now;
    ready_.wake_in(at <= now ? Duration(0) : at - now);
}

Counts Till::Inside::counts() const {
    Counts counts;
    counts.waiting = outbox_->waiting_count();
    counts.refused = outbox_->refused_count();
    counts.sent_again = hand_over_.sent_again();
    counts.reconnects = reconnects_ > 0 ? reconnects_ - 1 : 0;
    counts.next_sequence = outbox_->known_next_sequence();
    return counts;
}

void Till::Inside::close() {
    if (std::exchange(closed_, true)) return;
    if (connection_) connection_->say_goodbye();
    connection_.reset();
    arm();
}

}  // namespace tillkeeper::pos
