// Pulse: whether the loops beside those that sales go through still move. Systemd's watchdog is fed through the till
// loop and the journal loop, so these need nobody who watches them; the others may be busy for a while with one piece
// of work (a PIN's hash, a page of a pull), but work that takes five minutes does not end.
//
// Thread: moved() on any, standing() on any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "platform/clock.h"

namespace tillkeeper::agent {

class Pulse {
  public:
    enum class Loop : std::uint8_t { kSync, kSlow };
    static constexpr Duration kStandsMax = std::chrono::minutes(5);

    explicit Pulse(MonotonicTime now) {
        for (auto& each : moved_) each = now.time_since_epoch().count();
    }

    void moved(Loop loop, MonotonicTime now) {
        moved_[static_cast<std::size_t>(loop)] = now.time_since_epoch().count();
    }
    // The name of a loop that has not moved for too long; "" when all do.
    [[nodiscard]] std::string_view standing(MonotonicTime now) const {
        for (const auto loop : {Loop::kSync, Loop::kSlow})
            if (now - MonotonicTime(Duration(moved_[static_cast<std::size_t>(loop)])) >= kStandsMax)
                return loop == Loop::kSync ? "sync" : "slow";
        return "";
    }

  private:
    std::array<std::atomic<Duration::rep>, 2> moved_{};
};

}  // namespace tillkeeper::agent
