// LookupDesk: answers what tills look up. The cloud first where it answers in time, else the store's own copy, marked
// with its age; what nobody can tell is kept durably before the till hears `unknown` [agent-15].
//
// Each till's look-ups wait in a row of their own and are taken in turn, one at a time, so that a till that asks for
// thousands delays nobody else's, nor their sales; beyond a limit they are refused (`busy`). Answers may come in
// another order than the questions. Ownership: everything passed in outlives it. Thread: the till loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/lookups/answer.h"
#include "agent/lookups/live_lookup.h"
#include "agent/lookups/mirror_answers.h"
#include "agent/lookups/receipts.h"
#include "platform/clock.h"
#include "platform/event_loop.h"
#include "platform/mqtt.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kLookupsWaitingMax = 64;   // of one till
inline constexpr std::size_t kLookupsUnderWayMax = 16;  // of one till, at the cloud or being kept

struct LookupParts {
    MqttClient& mqtt;
    EventLoop& loop;
    const Clock& clock;
    storage::MirrorReader& mirrors;   // of the till loop
    storage::JournalReader& journal;  // of the till loop
    const std::vector<sync::DestinationConfig>& destinations;
    LiveLookup& live;
    LookupKeeper& keeper;
    // `collection` as configured, "transactions", or "other".
    std::function<void(const std::string& collection, LookupOutcome, LookupSource)> answered =
        [](const auto&, LookupOutcome, LookupSource) {};
};

class LookupDesk {
  public:
    // `collections` outlive it.
    LookupDesk(const std::vector<sync::SourceConfig>& collections, LookupParts parts);
    ~LookupDesk();
    LookupDesk(const LookupDesk&) = delete;
    LookupDesk& operator=(const LookupDesk&) = delete;

    // One message of the subscription below tillkeeper/v1/tills/; takes no notice of others.
    void receive(MqttMessage& message);
    static constexpr std::string_view kFilter = "tillkeeper/v1/tills/+/lookups/+";

  private:
    struct Pending;  // one look-up between question and answer
    struct Row;      // all of one till's

    void pump();
    void take(std::unique_ptr<Pending> pending);
    void ask_live(std::unique_ptr<Pending> pending);
    void live_answered(Pending& pending, LiveReply reply);
    void from_the_copy(std::unique_ptr<Pending> pending);
    void defer(std::unique_ptr<Pending> pending);
    void refuse(Pending& pending, LookupRefusal refusal, const Problem& problem);
    void answer(Pending& pending, const LookupResult& result);
    void send(Pending& pending, std::string payload, LookupOutcome outcome, LookupSource source);
    // Until the number is called for again; whoever comes first gets it.
    std::uint64_t put_aside(std::unique_ptr<Pending> pending);
    std::unique_ptr<Pending> called_for(std::uint64_t number);

    std::map<std::string, const sync::SourceConfig*, std::less<>> collections_;
    LookupParts parts_;
    MirrorAnswers copy_;
    Receipts receipts_;
    std::map<std::string, std::unique_ptr<Row>, std::less<>> rows_;
    std::map<std::uint64_t, std::unique_ptr<Pending>> aside_;
    std::uint64_t last_aside_ = 0;
    std::string last_served_;  // till
    bool pump_posted_ = false;
};

}  // namespace tillkeeper::agent
