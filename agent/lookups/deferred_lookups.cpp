#include "agent/lookups/deferred_lookups.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr int kBatch = 50;
constexpr Duration kPatience = std::chrono::seconds(2);  // nobody waits at the till
constexpr Duration kRest = std::chrono::seconds(10);     // between two rounds that nothing new has come for
constexpr Duration kRetry = std::chrono::seconds(5);     // the bus is away, or the disk is full

// Whose card it was; nothing where the answer is not one member.
std::optional<CardNamed> card_named(const storage::DeferredLookup& lookup, const LookupRequest& request,
                                    const sync::SourceConfig& config, const LookupResult& result) {
    const bool one = result.outcome == LookupOutcome::kFound && result.records.size() == 1 && !result.list;
    if (config.collection != kMembersCollection || !one) return std::nullopt;
    const auto id = sync::json_key(sync::json_member(result.records.front(), config.record_key));
    if (!id) return std::nullopt;
    CardNamed card{.since = lookup.journal, .field = {}, .value = request.text, .member_id = *id};
    if (request.field.empty()) return card;
    const auto field = std::ranges::find(config.search, request.field, &sync::SearchKeyConfig::field);
    if (field == config.search.end()) return std::nullopt;
    const auto value = sync::normalised(request.text, *field);
    if (!value) return std::nullopt;
    card.field = *field;
    card.value = *value;
    return card;
}

}  // namespace

DeferredLookups::DeferredLookups(const std::vector<sync::SourceConfig>& collections, DeferredParts parts)
    : parts_(std::move(parts)),
      copy_(parts_.reader, parts_.journal),
      attachments_(parts_.journal, parts_.writer, parts_.sync_loop, parts_.clock, parts_.device) {
    for (const auto& collection : collections) collections_.emplace(collection.collection, &collection);
}

void DeferredLookups::keep(storage::DeferredLookup lookup, Done done) {
    parts_.sync_loop.post([this, lookup = std::move(lookup), done = std::move(done)]() mutable {
        Result<void> kept;
        // A clock that nobody has set does not decide what is old, neither now nor when it is set.
        if (!parts_.device.clock_trusted()) lookup.since = {};
        if (const auto bounds = parts_.journal.bounds(); !bounds)
            kept = std::unexpected(bounds.error());
        else
            lookup.journal = bounds->last;
        if (kept)
            if (const auto number = parts_.mirrors.defer(lookup); !number) kept = std::unexpected(number.error());
        parts_.till_loop.post([kept = std::move(kept), done = std::move(done)]() mutable { done(std::move(kept)); });
    });
}

void DeferredLookups::network_back() {
    if (running_ || retry_) return;
    const auto rest = rest_until_ - parts_.clock.monotonic();
    if (rest > Duration(0))
        retry_ = parts_.sync_loop.after(rest, [this] { pulled(); });
    else
        begin_round();
}

void DeferredLookups::pulled() {
    if (running_)
        again_ = true;
    else
        begin_round();
}

void DeferredLookups::begin_round() {
    running_ = true;
    again_ = false;
    after_ = 0;
    retry_.reset();
    next_batch();
}

// Nothing new is tried before then, but for a newer copy.
void DeferredLookups::end_round(Duration until_next) {
    running_ = false;
    rest_until_ = parts_.clock.monotonic() + until_next;
    if (std::exchange(again_, false)) parts_.sync_loop.post([this] { pulled(); });
}

void DeferredLookups::next_batch() {
    auto batch = parts_.mirrors.deferred(after_, kBatch);
    if (!batch) log(LogLevel::kWarning, "kept look-ups cannot be read", {{"reason", batch.error().message}});
    if (!batch || batch->empty()) return end_round(kRest);
    batch_ = std::move(*batch);
    at_ = 0;
    settled_.clear();
    cards_.clear();
    parts_.sync_loop.post([this] { next(); });
}

// One at a time, each as a task of its own.
void DeferredLookups::next() {
    if (at_ < batch_.size()) {
        after_ = batch_[at_].number;
        return resolve(batch_[at_++]);
    }
    attachments_.run(std::move(cards_), [this](Result<void> attached) { settle_batch(std::move(attached)); });
}

void DeferredLookups::resolve(const storage::DeferredLookup& lookup) {
    const auto known = collections_.find(lookup.collection);
    auto parsed = parse_deferred(lookup.request);
    auto reading = read_lookup(parsed ? parsed->payload : "");
    const bool dated = lookup.since != WallTime{} && parts_.device.clock_trusted();
    const bool too_old =
        known != collections_.end() && dated && parts_.clock.wall() - lookup.since > known->second->keep;
    if (known == collections_.end() || reading.refusal || too_old) {
        log(LogLevel::kNotice, "a kept look-up is given up",
            {{"collection", lookup.collection},
             {"reason", too_old ? "older than the collection is kept" : "not configured any more, or damaged"}});
        settled_.push_back(lookup.number);
        return parts_.sync_loop.post([this] { next(); });
    }
    asked_ = std::move(*parsed);
    request_ = std::move(reading.request);
    const auto& config = *known->second;
    if (!can_ask_live(config, request_) || !parts_.live.worth_asking(lookup.collection)) return from_the_copy(lookup);
    const auto deadline = parts_.clock.monotonic() + std::max(kPatience, config.live->deadline);
    parts_.live.ask_here(lookup.collection, request_.field, request_.text, deadline,
                         [this, &lookup](LiveReply reply) { heard(lookup, std::move(reply)); });
}

void DeferredLookups::heard(const storage::DeferredLookup& lookup, LiveReply reply) {
    using Outcome = sync::LiveAnswer::Outcome;
    const auto now = parts_.clock.wall();
    const auto& config = *collections_.find(lookup.collection)->second;
    if (reply.answer.outcome == Outcome::kNoAnswer) return from_the_copy(lookup);
    if (reply.answer.outcome == Outcome::kNotFound)
        return conclude(lookup, {.outcome = LookupOutcome::kNotFound, .source = LookupSource::kLive, .as_of = now});
    const auto result = copy_.live(config, reply.answer.key, reply.answer.body, reply.delivered, now);
    conclude(lookup, result ? *result : not_known());
}

void DeferredLookups::from_the_copy(const storage::DeferredLookup& lookup) {
    const auto result = copy_.answer(*collections_.find(lookup.collection)->second, request_, parts_.clock.wall());
    conclude(lookup, result ? *result : not_known());
}

void DeferredLookups::conclude(const storage::DeferredLookup& lookup, const LookupResult& result) {
    if (result.outcome == LookupOutcome::kUnknown) return parts_.sync_loop.post([this] { next(); });
    auto message = addressed(std::move(asked_.to), lookup_answer(request_.request_id, lookup.collection, result, true));
    parts_.till_loop.post([this, &lookup, message = std::move(message), result]() mutable {
        const bool sent = parts_.mqtt.publish(std::move(message)).has_value();
        if (sent) parts_.answered(lookup.collection, result.outcome, result.source);
        parts_.sync_loop.post([this, &lookup, sent, result = std::move(result)] { told(lookup, sent, result); });
    });
}

void DeferredLookups::told(const storage::DeferredLookup& lookup, bool sent, const LookupResult& result) {
    if (!sent) {  // what was told before is settled, this one and the others later
        at_ = batch_.size();
        again_ = false;
        retry_ = parts_.sync_loop.after(kRetry, [this] { pulled(); });
        return next();
    }
    settled_.push_back(lookup.number);
    const auto& config = *collections_.find(lookup.collection)->second;
    if (auto card = card_named(lookup, request_, config, result)) cards_.push_back(std::move(*card));
    next();
}

void DeferredLookups::settle_batch(Result<void> attached) {
    Result<void> settled = std::move(attached);
    for (const auto number : settled_)
        if (settled) settled = parts_.mirrors.settle(number);
    if (!settled) {
        log(LogLevel::kWarning, "kept look-ups are not settled yet", {{"reason", settled.error().message}});
        retry_ = parts_.sync_loop.after(kRetry, [this] { pulled(); });
    }
    if (retry_) return end_round(kRetry);
    next_batch();
}

}  // namespace tillkeeper::agent
