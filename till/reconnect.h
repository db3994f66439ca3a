// Reconnect: when a lost till tries the broker again. Pure.
//
// Full jitter: anywhere between now and a limit that doubles with each failure, so that a store's tills do not come
// back in step. There is no last try.
#pragma once

#include <algorithm>

#include "platform/clock.h"
#include "platform/random.h"

namespace tillkeeper::pos {

inline constexpr Duration kReconnectFirst = std::chrono::milliseconds(100);
inline constexpr Duration kReconnectMax = std::chrono::seconds(5);

class Reconnect {
  public:
    // A try failed, or a connection ended: when to try next.
    [[nodiscard]] MonotonicTime after_loss(MonotonicTime now, Random& random) {
        const Duration limit = std::min(kReconnectMax, kReconnectFirst * (1 << std::min(failures_, 10)));
        ++failures_;
        return now + Duration(random.below(static_cast<std::uint64_t>(limit.count()) + 1));
    }
    void succeeded() { failures_ = 0; }

  private:
    int failures_ = 0;
};

}  // namespace tillkeeper::pos
