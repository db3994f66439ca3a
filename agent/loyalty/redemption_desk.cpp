#include "agent/loyalty/redemption_desk.h"

#include <utility>

#include "agent/bus/topics.h"
#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kConversationsMax = 256;
constexpr std::size_t kAskersMax = 16;  // for the same redemption
constexpr int kAttemptsMax = 30;        // of a redemption that was voided
constexpr std::size_t kUnaskedMax = 1000;
constexpr int kDecisionsMax = 5;  // while others draw on the same pots

Problem not_now() {
    return {"busy", "Not now", "Nothing was spent. Ask again shortly.", ""};
}

}  // namespace

struct RedemptionDesk::Conversation {
    std::string till;
    std::vector<Asker> askers;  // at least one
    bool maybe_booked = false;  // the engine may have booked it without our knowing
    bool live_declined = false;
    LiveRedemption said{};  // with live_declined
    int decisions = 0;
};

RedemptionDesk::RedemptionDesk(RedemptionParts parts) : parts_(std::move(parts)) {}
RedemptionDesk::~RedemptionDesk() = default;

void RedemptionDesk::receive(MqttMessage message) {
    const auto topic = parse_till_topic(message.topic);
    if (!is_till_name(topic.till) || topic.rest != "redemptions") return;
    const std::string till(topic.till);
    auto to = return_address(till, message);
    examine(till, std::move(to), message.payload);
}

void RedemptionDesk::examine(const std::string& till, ReturnAddress to, std::string_view payload) {
    auto examined = examine_redemption(payload);
    if (examined.refusal) return refuse(std::move(to), examined.request_id, *examined.refusal, examined.problems);
    if (to.foreign) return refuse(std::move(to), examined.request_id, Refusal::kNotYours, {foreign_address()});
    begin(till, {std::move(to), std::move(examined.request)});
}

void RedemptionDesk::begin(const std::string& till, Asker asker) {
    const auto id = id_of(asker.request);
    if (!id) return refuse(std::move(asker.to), asker.request.request_id, Refusal::kBusy, {not_now()});
    if (known(*id, asker)) return;
    if (conversations_.size() >= kConversationsMax)
        return refuse(std::move(asker.to), asker.request.request_id, Refusal::kBusy, {not_now()});
    const auto request = asker.request;
    auto& about = conversations_[*id];
    about = std::make_unique<Conversation>();
    about->till = till;
    about->askers.push_back(std::move(asker));
    // A process before this one may have asked, and been killed before it stored the answer.
    about->maybe_booked = parts_.live != nullptr && !unasked_.contains(*id);
    if (parts_.live == nullptr || !parts_.live->worth_asking()) return decide(*id);
    unasked_.erase(*id);
    parts_.live->ask(*id, request, [this, id = *id](LiveRedemption answer) { heard(id, std::move(answer)); });
}

Result<std::string> RedemptionDesk::id_of(const RedemptionRequest& request) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        auto id = redemption_id(request, attempt);
        const auto voided = parts_.books.voided(id);
        if (!voided) return std::unexpected(voided.error());
        if (!*voided) return id;
    }
    return fail(ErrorCode::kLimit, "this redemption was voided too often");
}

bool RedemptionDesk::known(const std::string& id, Asker& asker) {
    const auto other_amount = [&] {
        reply(std::move(asker.to),
              declined_answer(asker.request, false, to_string(Decline::kOtherAmount), std::nullopt));
        return true;
    };
    const auto open = conversations_.find(id);
    if (open != conversations_.end()) {
        auto& askers = open->second->askers;
        if (askers.front().request.points != asker.request.points) return other_amount();
        if (askers.size() >= kAskersMax)
            refuse(std::move(asker.to), asker.request.request_id, Refusal::kBusy, {not_now()});
        else
            askers.push_back(std::move(asker));
        return true;
    }
    const auto before = parts_.books.approved(id);
    if (!before) {
        refuse(std::move(asker.to), asker.request.request_id, Refusal::kBusy, {not_now()});
        return true;
    }
    if (!*before) return false;
    if ((*before)->points != asker.request.points) return other_amount();
    reply(std::move(asker.to), approved_answer(asker.request, id, **before));
    return true;
}

void RedemptionDesk::heard(const std::string& id, LiveRedemption answer) {
    const auto place = conversations_.find(id);
    if (place == conversations_.end()) return;
    auto& about = *place->second;
    switch (answer.outcome) {
        case LiveRedemption::Outcome::kApproved:
            return approve(
                id,
                {.live = true, .lease = {}, .points = about.askers.front().request.points, .balance = answer.balance},
                {});
        case LiveRedemption::Outcome::kDeclined:
            about.live_declined = true;
            about.said = std::move(answer);
            return decide(id);
        case LiveRedemption::Outcome::kNoAnswer:
            about.maybe_booked = about.maybe_booked || answer.maybe_booked;
            return decide(id);
    }
}

void RedemptionDesk::decide(const std::string& id) {
    auto& about = *conversations_.find(id)->second;
    if (++about.decisions > kDecisionsMax)
        return end_with_refused(id, {ErrorCode::kLimit, "others draw on the same pots"});
    const auto& request = about.askers.front().request;
    const auto facts = parts_.books.facts(request.member_id);
    if (!facts) return end_with_refused(id, facts.error());
    // What the engine itself declined only a lease can still pay for: these points are no longer in the balance that it
    // looked at.
    const Allowance allowance = about.live_declined ? Allowance{} : parts_.allowance;
    const auto decision = decide_offline(request.points, *facts, allowance);
    if (decision.decline) {
        if (about.live_declined) return end_with_declined(id, true, about.said.reason, about.said.balance);
        return decline(id, std::string(to_string(*decision.decline)), decision.balance);
    }
    auto spends = spends_of(request.points, decision, *facts, allowance, parts_.books.member_hash(request.member_id));
    approve(id, {.live = false, .lease = decision.lease, .points = request.points, .balance = decision.balance},
            std::move(spends));
}

// The engine may have booked what nobody can use now: that is taken back, durably, before the till hears of it.
void RedemptionDesk::decline(const std::string& id, std::string reason, std::optional<std::int64_t> balance) {
    const auto& about = *conversations_.find(id)->second;
    if (!about.maybe_booked) return end_with_declined(id, false, reason, balance);
    auto entry = entry_of(about, void_id(id), "redemption_voided",
                          void_body(id, about.askers.front().request, parts_.clock.wall()));
    auto offered = parts_.writer.offer(std::move(entry), parts_.loop,
                                       [this, id, reason, balance](const Result<storage::Receipt>& receipt) {
                                           if (!receipt) return end_with_refused(id, receipt.error());
                                           voided(id);
                                           end_with_declined(id, false, reason, balance);
                                       });
    if (!offered) end_with_refused(id, offered.error());
}

// The next attempt has an id of its own, which nobody has used yet.
void RedemptionDesk::voided(const std::string& id) {
    const auto next = id_of(conversations_.find(id)->second->askers.front().request);
    if (unasked_.size() >= kUnaskedMax) unasked_.clear();  // then a void more than needed is written, never one less
    if (next) unasked_.insert(*next);
}

void RedemptionDesk::approve(const std::string& id, ApprovedRedemption approved, std::vector<storage::Spend> spends) {
    const auto& about = *conversations_.find(id)->second;
    auto entry = entry_of(about, id, "redemption",
                          redemption_body(id, about.askers.front().request, approved, parts_.clock.wall()));
    entry.spends = std::move(spends);
    auto offered = parts_.writer.offer(
        std::move(entry), parts_.loop,
        [this, id, approved](Result<storage::Receipt> receipt) { stored(id, approved, std::move(receipt)); });
    if (!offered) end_with_refused(id, offered.error());
}

void RedemptionDesk::stored(const std::string& id, const ApprovedRedemption& approved,
                            Result<storage::Receipt> receipt) {
    if (!receipt) return end_with_refused(id, receipt.error());
    switch (receipt->acceptance) {
        case storage::Acceptance::kOverspent:  // somebody else was quicker
            return decide(id);
        case storage::Acceptance::kQuarantined:  // something else has this id: a person will look
            return end_with_declined(id, approved.live, to_string(Decline::kOtherAmount), std::nullopt);
        case storage::Acceptance::kAccepted:
        case storage::Acceptance::kDuplicate:
            return end(id, [&](const Asker& asker) { return approved_answer(asker.request, id, approved); });
    }
}

void RedemptionDesk::end_with_declined(const std::string& id, bool live, std::string_view reason,
                                       std::optional<std::int64_t> balance) {
    end(id, [&](const Asker& asker) { return declined_answer(asker.request, live, reason, balance); });
}

void RedemptionDesk::end_with_refused(const std::string& id, const Error& error) {
    const bool full = error.code == ErrorCode::kStorageFull;
    const auto refusal = full ? Refusal::kStorageFull : Refusal::kBusy;
    const Problem problem =
        full ? Problem{"storage-full", "The disk is full", "Nothing was spent. Ask again later.", ""} : not_now();
    log(LogLevel::kWarning, "a redemption is not decided", {{"reason", error.message}});
    end(id, [&](const Asker& asker) {
        return refused_redemption(asker.request.request_id, refusal, {problem}, retry_after(refusal));
    });
}

storage::NewEntry RedemptionDesk::entry_of(const Conversation& about, std::string id, std::string type,
                                           std::string body) {
    storage::NewEntry entry;
    entry.till = about.till;
    entry.transaction_id = std::move(id);
    entry.type = std::move(type);
    const auto now = parts_.clock.wall();
    entry.occurred_at = to_rfc3339(now, true);
    entry.body = std::move(body);
    entry.arrival = {now, parts_.clock.monotonic(), parts_.device.boot_id(), parts_.device.clock_trusted()};
    return entry;
}

void RedemptionDesk::refuse(ReturnAddress to, const std::optional<std::string>& request_id, Refusal refusal,
                            const std::vector<Problem>& problems) {
    reply(std::move(to), refused_redemption(request_id, refusal, problems, retry_after(refusal)));
}

// Lost while the broker is away: the till asks again and hears the same.
void RedemptionDesk::reply(ReturnAddress to, std::string payload) {
    if (auto sent = parts_.mqtt.publish(addressed(std::move(to), std::move(payload))); !sent)
        log(LogLevel::kDebug, "answer not sent", {{"reason", sent.error().message}});
}

template <typename Words>
void RedemptionDesk::end(const std::string& id, Words words) {
    const auto place = conversations_.find(id);
    const auto about = std::move(place->second);
    conversations_.erase(place);
    for (auto& asker : about->askers) {
        auto payload = words(asker);
        reply(std::move(asker.to), std::move(payload));
    }
}

}  // namespace tillkeeper::agent
