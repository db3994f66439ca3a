#include "agent/bus/till_bus.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "agent/bus/answer_order.h"
#include "agent/bus/return_address.h"
#include "agent/bus/topics.h"
#include "agent/contract/answer.h"
#include "platform/log.h"
#include "sync/trace_parent.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kTillsMax = 1000;
constexpr std::size_t kUnderWayMax = 64;   // of one till, on the way to the journal
constexpr std::size_t kWaitingMax = 4096;  // of one till, unread
constexpr std::size_t kWaitingBytesMax = 16u << 20;

Outcome outcome_of(storage::Acceptance acceptance) {
    switch (acceptance) {
        case storage::Acceptance::kAccepted:
            return Outcome::kAccepted;
        case storage::Acceptance::kDuplicate:
            return Outcome::kDuplicate;
        case storage::Acceptance::kQuarantined:
            return Outcome::kQuarantined;
        case storage::Acceptance::kOverspent:
            break;  // was offered again, without its pots
    }
    std::unreachable();
}

std::vector<Problem> problems_of(const Error& error) {
    if (error.code == ErrorCode::kStorageFull)
        return {{"storage-full", "The disk is full", "Keep the sale and hand it over again later.", ""}};
    return {{"busy", "Not now", "Keep the sale and hand it over again shortly.", ""}};
}

}  // namespace

struct TillBus::Pending {
    std::string till;
    AnswerOrder::Place place = 0;
    ReturnAddress to;
    std::optional<std::string> id;
    std::string problems;                            // JSON, when quarantined
    std::string traceparent{};                       // where the till gave one
    std::optional<storage::NewEntry> draws_on_pots;  // the entry, where its pots may say no
    WallTime arrived_at;
    MonotonicTime arrived;
};

struct TillBus::Intake {
    AnswerOrder order;
    std::size_t under_way = 0;
    std::deque<std::pair<Pending, std::string>> waiting;  // with what was handed over
    std::size_t waiting_bytes = 0;
    bool more_posted = false;
};

TillBus::TillBus(MqttClient& mqtt, storage::Writer& writer, EventLoop& loop, const Clock& clock, const Device& device,
                 BusObserver observer)
    : mqtt_(mqtt),
      writer_(writer),
      loop_(loop),
      clock_(clock),
      boot_id_(device.boot_id()),
      device_(device),
      observer_(std::move(observer)) {}

TillBus::~TillBus() = default;

bool TillBus::takes(const MqttMessage& message) {
    return parse_till_topic(message.topic).rest == "transactions";
}

void TillBus::receive(MqttMessage message) {
    const auto topic = parse_till_topic(message.topic);
    if (!is_till_name(topic.till) || topic.rest != "transactions") return;
    if (intakes_.size() >= kTillsMax && !intakes_.contains(topic.till)) {
        log(LogLevel::kWarning, "too many tills", {{"max", kTillsMax}});
        return;
    }
    std::string till(topic.till);
    transaction(std::move(till), std::move(message));
}

void TillBus::transaction(std::string till, MqttMessage message) {
    auto& slot = intakes_[till];
    if (!slot) slot = std::make_unique<Intake>();
    Intake& intake = *slot;
    Pending pending;
    pending.place = intake.order.take();
    pending.arrived_at = clock_.wall();
    pending.arrived = clock_.monotonic();
    if (sync::is_traceparent(message.traceparent)) pending.traceparent = std::move(message.traceparent);
    pending.to = return_address(till, message);
    pending.till = std::move(till);
    if (closed_) return turn_away(std::move(pending));
    if (intake.under_way < kUnderWayMax && intake.waiting.empty())
        return examine(intake, std::move(pending), std::move(message.payload));
    if (intake.waiting.size() >= kWaitingMax || intake.waiting_bytes + message.payload.size() > kWaitingBytesMax) {
        return refuse(std::move(pending), Refusal::kBusy, problems_of({ErrorCode::kLimit, "too many at once"}));
    }
    intake.waiting_bytes += message.payload.size();
    intake.waiting.emplace_back(std::move(pending), std::move(message.payload));
}

void TillBus::examine(Intake& intake, Pending pending, std::string payload) {
    auto examined = examine_transaction(pending.till, std::move(payload));
    pending.id = examined.id;
    if (examined.refusal) return refuse(std::move(pending), *examined.refusal, examined.problems);
    if (pending.to.foreign) return refuse(std::move(pending), Refusal::kNotYours, {foreign_address()});

    examined.entry.arrival = {pending.arrived_at, pending.arrived, boot_id_,
                              clock_trusted(pending.arrived_at, pending.arrived)};
    examined.entry.traceparent = std::move(pending.traceparent);
    if (!examined.entry.spends.empty()) pending.draws_on_pots = examined.entry;
    offer(intake, std::move(pending), std::move(examined.entry));
}

void TillBus::offer(Intake& intake, Pending pending, storage::NewEntry entry) {
    pending.problems = entry.problems;
    auto offered = writer_.offer(std::move(entry), loop_, [this, pending](Result<storage::Receipt> receipt) mutable {
        journal_answered(std::move(pending), std::move(receipt));
    });
    if (!offered) return refuse(std::move(pending), Refusal::kBusy, problems_of(offered.error()));
    ++intake.under_way;
}

// What waits goes on as answers come; in slices, for what is refused at once makes no room for others to speak.
void TillBus::let_more_in(Intake& intake) {
    for (std::size_t i = 0; i < kUnderWayMax && intake.under_way < kUnderWayMax && !intake.waiting.empty(); ++i) {
        auto [pending, payload] = std::move(intake.waiting.front());
        intake.waiting.pop_front();
        intake.waiting_bytes -= payload.size();
        examine(intake, std::move(pending), std::move(payload));
    }
    if (intake.under_way >= kUnderWayMax || intake.waiting.empty() || std::exchange(intake.more_posted, true)) return;
    loop_.post([this, &intake] {
        intake.more_posted = false;
        let_more_in(intake);
    });
}

void TillBus::close() {
    closed_ = true;
    for (auto& [till, intake] : intakes_) {
        intake->waiting_bytes = 0;
        for (auto& [pending, payload] : std::exchange(intake->waiting, {})) turn_away(std::move(pending));
    }
}

void TillBus::turn_away(Pending pending) {
    refuse(std::move(pending), Refusal::kBusy, problems_of({ErrorCode::kUnavailable, "closed"}));
}

bool TillBus::waiting() const {
    return std::ranges::any_of(intakes_, [](const auto& each) { return !each.second->waiting.empty(); });
}

// Asked of the machine once a second, not for every sale: it costs system calls. And whenever the wall clock has
// jumped.
bool TillBus::clock_trusted(WallTime wall, MonotonicTime now) {
    const Duration offset = wall.time_since_epoch() - now.time_since_epoch();
    if (now >= ask_clock_at_ || abs(offset - clock_offset_) > std::chrono::seconds(1)) {
        clock_trusted_ = device_.clock_trusted();
        clock_offset_ = offset;
        ask_clock_at_ = now + std::chrono::seconds(1);
    }
    return clock_trusted_;
}

void TillBus::refuse(Pending pending, Refusal refusal, const std::vector<Problem>& problems) {
    observer_.refused(refusal);
    auto payload = refused_answer(pending.id, refusal, problems, retry_after(refusal));
    answer(std::move(pending), std::move(payload), Outcome::kRefused);
}

void TillBus::journal_answered(Pending pending, Result<storage::Receipt> receipt) {
    Intake& intake = *intakes_.find(pending.till)->second;
    --intake.under_way;
    if (receipt && receipt->acceptance == storage::Acceptance::kOverspent && pending.draws_on_pots) {
        auto again = collected_before(*std::exchange(pending.draws_on_pots, std::nullopt));
        offer(intake, std::move(pending), std::move(again.entry));
        return let_more_in(intake);
    }
    tell(std::move(pending), std::move(receipt));
    let_more_in(intake);
}

void TillBus::tell(Pending pending, Result<storage::Receipt> receipt) {
    if (!receipt) {
        const bool full = receipt.error().code == ErrorCode::kStorageFull;
        return refuse(std::move(pending), full ? Refusal::kStorageFull : Refusal::kBusy, problems_of(receipt.error()));
    }
    auto payload = stored_answer(pending.id, *receipt, pending.problems);
    answer(std::move(pending), std::move(payload), outcome_of(receipt->acceptance));
}

void TillBus::answer(Pending pending, std::string payload, Outcome outcome) {
    const auto took = clock_.monotonic() - pending.arrived;
    observer_.answered(outcome, std::chrono::duration<double>(took).count());
    auto message = addressed(std::move(pending.to), std::move(payload));
    for (auto& ready : intakes_.find(pending.till)->second->order.fill(pending.place, std::move(message))) {
        // Lost while the broker is away: the till keeps the sale, hands it over again and learns `duplicate`.
        if (auto sent = mqtt_.publish(std::move(ready)); !sent)
            log(LogLevel::kDebug, "answer not sent", {{"reason", sent.error().message}});
    }
}

}  // namespace tillkeeper::agent
