// TillPresence: who is there, as the bus tells. Pure; thread: the till loop. Bounded: at most kTillsMax tills.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "platform/clock.h"
#include "platform/mqtt.h"

namespace tillkeeper::agent {

struct Seen {
    enum class State : std::uint8_t { kUnknown, kOnline, kOffline } state = State::kUnknown;
    WallTime since;     // of the state, as far as the agent was there; meaningless with kUnknown
    WallTime last;      // when the till last said anything itself
    bool ever = false;  // `last` means something
};

using SeenTills = std::map<std::string, Seen, std::less<>>;

class TillPresence {
  public:
    static constexpr std::string_view kFilter = "tillkeeper/v1/tills/+/presence";

    // Any message below tillkeeper/v1/tills/. Whatever is no presence of the contract is taken as a sign of life only.
    void heard(const MqttMessage& message, WallTime now);
    // The bus is lost: nobody knows any more who is there.
    void forget_states();

    [[nodiscard]] const SeenTills& all() const { return tills_; }

  private:
    SeenTills tills_;
};

}  // namespace tillkeeper::agent
