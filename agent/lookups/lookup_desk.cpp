#include "agent/lookups/lookup_desk.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "agent/bus/return_address.h"
#include "agent/bus/topics.h"
#include "agent/contract/transaction.h"
#include "agent/lookups/deferred_request.h"
#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kTillsMax = 1000;
constexpr Duration kRetryBusy = std::chrono::milliseconds(500);
constexpr Duration kRetryFull = std::chrono::seconds(5);
constexpr std::string_view kLookups = "lookups/";

std::optional<Duration> retry_after(LookupRefusal refusal) {
    if (refusal == LookupRefusal::kBusy) return kRetryBusy;
    if (refusal == LookupRefusal::kStorageFull) return kRetryFull;
    return std::nullopt;
}

Problem busy_problem() {
    return {"busy", "Not now", "Ask again shortly.", ""};
}

}  // namespace

struct LookupDesk::Pending {
    std::string till;
    std::string collection;                      // as in the topic
    const sync::SourceConfig* config = nullptr;  // none: the journal
    ReturnAddress to;
    std::string payload;
    LookupReading reading;
    MonotonicTime arrived;
    Timer deadline;
    bool counted = false;  // among those of its till that are under way
};

struct LookupDesk::Row {
    std::deque<std::unique_ptr<Pending>> waiting;
    std::size_t under_way = 0;
};

LookupDesk::LookupDesk(const std::vector<sync::SourceConfig>& collections, LookupParts parts)
    : parts_(std::move(parts)), copy_(parts_.mirrors, parts_.journal), receipts_(parts_.journal, parts_.destinations) {
    for (const auto& collection : collections) collections_.emplace(collection.collection, &collection);
}

LookupDesk::~LookupDesk() = default;

void LookupDesk::receive(MqttMessage& message) {
    const auto topic = parse_till_topic(message.topic);
    if (!is_till_name(topic.till) || !topic.rest.starts_with(kLookups)) return;
    if (rows_.size() >= kTillsMax && !rows_.contains(topic.till)) {
        log(LogLevel::kWarning, "too many tills", {{"max", kTillsMax}});
        return;
    }
    auto pending = std::make_unique<Pending>();
    pending->till = topic.till;
    pending->collection = topic.rest.substr(kLookups.size());
    if (const auto known = collections_.find(pending->collection); known != collections_.end())
        pending->config = known->second;
    pending->arrived = parts_.clock.monotonic();
    pending->to = return_address(pending->till, message);
    pending->reading = read_lookup(message.payload);
    if (!pending->reading.refusal) pending->payload = std::move(message.payload);
    auto& row = rows_[pending->till];
    if (!row) row = std::make_unique<Row>();
    if (row->waiting.size() + row->under_way >= kLookupsWaitingMax + kLookupsUnderWayMax)
        return refuse(*pending, LookupRefusal::kBusy, busy_problem());
    row->waiting.push_back(std::move(pending));
    if (!pump_posted_) pump();  // the first of this turn at once
}

// One look-up of the next till that has one and may go on; then the loop's other work has its turn.
void LookupDesk::pump() {
    pump_posted_ = false;
    const auto may = [](const auto& each) {
        return !each.second->waiting.empty() && each.second->under_way < kLookupsUnderWayMax;
    };
    auto next = std::find_if(rows_.upper_bound(last_served_), rows_.end(), may);
    if (next == rows_.end()) next = std::find_if(rows_.begin(), rows_.end(), may);
    if (next == rows_.end()) return;
    last_served_ = next->first;
    auto pending = std::move(next->second->waiting.front());
    next->second->waiting.pop_front();
    pump_posted_ = true;
    parts_.loop.post([this] { pump(); });
    take(std::move(pending));
}

void LookupDesk::take(std::unique_ptr<Pending> pending) {
    if (pending->reading.refusal) return refuse(*pending, *pending->reading.refusal, *pending->reading.problem);
    if (pending->to.foreign) return refuse(*pending, LookupRefusal::kNotYours, foreign_address());
    const auto& request = pending->reading.request;
    const bool journal = pending->collection == kTransactionsCollection;
    if (pending->config == nullptr && !journal)
        return refuse(*pending, LookupRefusal::kUnknownCollection,
                      {"unknown-collection", "No such collection", "The store is not configured to keep it.", ""});
    if (journal ? !Receipts::searchable(request) : !searchable(*pending->config, request))
        return refuse(*pending, LookupRefusal::kNotSearchable,
                      {"not-searchable", "Not searched so",
                       "The collection is not searched by this field, or too little was given.", "/by"});
    if (!journal && can_ask_live(*pending->config, request) && parts_.live.worth_asking(pending->collection))
        return ask_live(std::move(pending));
    from_the_copy(std::move(pending));
}

std::uint64_t LookupDesk::put_aside(std::unique_ptr<Pending> pending) {
    if (!std::exchange(pending->counted, true)) ++rows_.find(pending->till)->second->under_way;
    aside_.emplace(++last_aside_, std::move(pending));
    return last_aside_;
}

std::unique_ptr<LookupDesk::Pending> LookupDesk::called_for(std::uint64_t number) {
    const auto node = aside_.extract(number);
    return node.empty() ? nullptr : std::move(node.mapped());
}

void LookupDesk::ask_live(std::unique_ptr<Pending> pending) {
    Pending& asked = *pending;
    const auto number = put_aside(std::move(pending));
    const auto& request = asked.reading.request;
    const auto deadline = asked.arrived + asked.config->live->deadline;
    // Kept here as well, since the sync loop may be busy with something else.
    const auto left = std::max(Duration(0), Duration(deadline - parts_.clock.monotonic()));
    asked.deadline = parts_.loop.after(left, [this, number] {
        if (auto late = called_for(number)) from_the_copy(std::move(late));
    });
    parts_.live.ask(asked.collection, request.field, request.text, deadline, [this, number](LiveReply reply) {
        auto answered = called_for(number);
        if (!answered) return;
        answered->deadline.reset();
        if (reply.answer.outcome == sync::LiveAnswer::Outcome::kNoAnswer) return from_the_copy(std::move(answered));
        live_answered(*answered, std::move(reply));
    });
}

void LookupDesk::live_answered(Pending& pending, LiveReply reply) {
    const auto now = parts_.clock.wall();
    if (reply.answer.outcome == sync::LiveAnswer::Outcome::kNotFound)
        return answer(pending, {.outcome = LookupOutcome::kNotFound, .source = LookupSource::kLive, .as_of = now});
    auto result = copy_.live(*pending.config, reply.answer.key, reply.answer.body, reply.delivered, now);
    // What this store knows on top cannot be read: the cloud's word is still better than none.
    if (!result)
        result = LookupResult{.outcome = LookupOutcome::kFound,
                              .source = LookupSource::kLive,
                              .as_of = now,
                              .records = {std::move(reply.answer.body)}};
    answer(pending, *result);
}

void LookupDesk::from_the_copy(std::unique_ptr<Pending> pending) {
    const auto now = parts_.clock.wall();
    const auto& request = pending->reading.request;
    const auto result =
        pending->config == nullptr ? receipts_.find(request, now) : copy_.answer(*pending->config, request, now);
    if (!result) {
        log(LogLevel::kWarning, "look-up failed",
            {{"collection", pending->collection}, {"reason", result.error().message}});
        return refuse(*pending, LookupRefusal::kBusy, busy_problem());
    }
    if (result->outcome == LookupOutcome::kUnknown) return defer(std::move(pending));
    answer(*pending, *result);
}

void LookupDesk::defer(std::unique_ptr<Pending> pending) {
    storage::DeferredLookup lookup{.till = pending->till,
                                   .collection = pending->collection,
                                   .request = to_text({pending->payload, pending->to}),
                                   .since = parts_.clock.wall()};
    const auto number = put_aside(std::move(pending));
    parts_.keeper.keep(std::move(lookup), [this, number](Result<void> kept) {
        const auto asked = called_for(number);
        if (!asked) return;
        if (kept) return answer(*asked, not_known());
        const bool full = kept.error().code == ErrorCode::kStorageFull;
        if (!full) return refuse(*asked, LookupRefusal::kBusy, busy_problem());
        refuse(*asked, LookupRefusal::kStorageFull,
               {"storage-full", "The disk is full", "It cannot be kept for later; ask again then.", ""});
    });
}

void LookupDesk::refuse(Pending& pending, LookupRefusal refusal, const Problem& problem) {
    const bool named = pending.config != nullptr || pending.collection == kTransactionsCollection;
    auto payload = lookup_refused_answer(pending.reading.request_id, named ? pending.collection : "", refusal, problem,
                                         retry_after(refusal));
    send(pending, std::move(payload), LookupOutcome::kRefused, LookupSource::kNone);
}

void LookupDesk::answer(Pending& pending, const LookupResult& result) {
    auto payload = lookup_answer(pending.reading.request.request_id, pending.collection, result);
    send(pending, std::move(payload), result.outcome, result.source);
}

void LookupDesk::send(Pending& pending, std::string payload, LookupOutcome outcome, LookupSource source) {
    const bool known = pending.config != nullptr || pending.collection == kTransactionsCollection;
    parts_.answered(known ? pending.collection : "other", outcome, source);
    // Lost while the broker is away: the till asks again.
    if (auto sent = parts_.mqtt.publish(addressed(std::move(pending.to), std::move(payload))); !sent)
        log(LogLevel::kDebug, "answer not sent", {{"reason", sent.error().message}});
    if (!pending.counted) return;
    pending.counted = false;
    --rows_.find(pending.till)->second->under_way;
    if (!std::exchange(pump_posted_, true)) parts_.loop.post([this] { pump(); });
}

}  // namespace tillkeeper::agent
