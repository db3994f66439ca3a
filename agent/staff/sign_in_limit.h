// SignInLimit: how soon somebody may try a PIN again. Pure: time comes in with each call.
//
// Each attempt counts as wrong until it is known to be right, so that many at once gain nothing. Counted per device and
// in all. A device from which somebody signed in within a day is not held up by what others try: who attacks from many
// devices must not lock the store's own tablet out.
#pragma once

#include <map>
#include <string>

#include "platform/clock.h"

namespace tillkeeper::agent {

class SignInLimit {
  public:
    static constexpr std::size_t kDevicesMax = 256;

    // Zero: try now. Else how long to wait; nothing is counted then.
    [[nodiscard]] Duration admit(const std::string& device, MonotonicTime now);
    // The attempt that was admitted last was right.
    void succeeded(const std::string& device, MonotonicTime now);

  private:
    // So many attempts are free; then each takes twice the wait of the one before. Forgotten an hour after the last.
    struct Ladder {
        int free;
        Duration first;
        Duration longest;
    };
    static constexpr Ladder kOfDevice{3, std::chrono::seconds(30), std::chrono::minutes(15)};
    static constexpr Ladder kOfAll{20, std::chrono::seconds(30), std::chrono::minutes(2)};
    static constexpr Duration kForgotten = std::chrono::hours(1);
    static constexpr Duration kTrusted = std::chrono::hours(24);

    struct Attempts {
        int count = 0;
        MonotonicTime last{};
        [[nodiscard]] Duration wait(const Ladder& ladder, MonotonicTime now) const;
        void add(MonotonicTime now);
    };
    struct Device {
        Attempts attempts;
        MonotonicTime trusted_until{};
    };
    void make_room(MonotonicTime now);

    std::map<std::string, Device> devices_;
    Attempts all_;
};

}  // namespace tillkeeper::agent
