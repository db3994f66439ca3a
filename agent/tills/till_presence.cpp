#include "agent/tills/till_presence.h"

#include "agent/bus/topics.h"
#include "agent/contract/json_scan.h"
#include "agent/contract/transaction.h"
#include "agent/tills/till_register.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kPresenceBytesMax = 1024;

// The member `state` at the root.
class StateMember final : public JsonVisitor {
  public:
    void value(const JsonPlace& place, JsonType type, std::string_view text) override {
        if (place.depth != 1 || place.names[0] != "state" || type != JsonType::kString) return;
        if (text == "online") state = Seen::State::kOnline;
        if (text == "offline") state = Seen::State::kOffline;
    }
    Seen::State state = Seen::State::kUnknown;
};

Seen::State state_in(std::string_view payload) {
    StateMember member;
    if (payload.size() > kPresenceBytesMax || !scan_json(payload, {}, &member)) return Seen::State::kUnknown;
    return member.state;
}

}  // namespace

void TillPresence::heard(const MqttMessage& message, WallTime now) {
    const auto topic = parse_till_topic(message.topic);
    if (!is_till_name(topic.till)) return;
    auto known = tills_.find(topic.till);
    if (known == tills_.end()) {
        if (tills_.size() >= kTillsMax) return;
        known = tills_.emplace(topic.till, Seen{}).first;
    }
    Seen& till = known->second;
    const auto state = topic.rest == "presence" ? state_in(message.payload) : Seen::State::kUnknown;
    if (state != Seen::State::kUnknown && state != till.state) {
        till.state = state;
        till.since = now;
    }
    // What the broker kept, or says in the till's place, is no sign of life.
    if (message.retain || state == Seen::State::kOffline) return;
    till.last = now;
    till.ever = true;
}

void TillPresence::forget_states() {
    for (auto& [name, till] : tills_) till.state = Seen::State::kUnknown;
}

}  // namespace tillkeeper::agent
