// LiveRedemptions: asking the loyalty engine itself, with a deadline.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agent/loyalty/redemption_message.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

struct LiveRedemption {
    enum class Outcome : std::uint8_t { kApproved, kDeclined, kNoAnswer } outcome = Outcome::kNoAnswer;
    std::string reason{};                   // kDeclined: the engine's word
    std::optional<std::int64_t> balance{};  // after it, where the engine says
    bool maybe_booked = false;              // kNoAnswer: the engine may have got it all the same
};

class LiveRedemptions {
  public:
    virtual ~LiveRedemptions() = default;
    // Till loop: whether an answer in time is likely.
    [[nodiscard]] virtual bool worth_asking() const = 0;
    // Till loop. `done` runs exactly once, on the till loop, not long after the deadline.
    virtual void ask(const std::string& id, const RedemptionRequest& request,
                     std::move_only_function<void(LiveRedemption)> done) = 0;
};

}  // namespace tillkeeper::agent
