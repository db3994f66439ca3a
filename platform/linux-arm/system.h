// The clock, the randomness and the device of a Linux machine.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "platform/clock.h"
#include "platform/device.h"
#include "platform/random.h"

namespace tillkeeper {

// monotonic() is CLOCK_BOOTTIME: it goes on while the machine is suspended, so that ages stay true. Any thread.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] WallTime wall() const override;
    [[nodiscard]] MonotonicTime monotonic() const override;
};

// How far local time is ahead of UTC at that moment, by the zone of the machine (TZ, /etc/localtime) when first asked.
// Any thread.
[[nodiscard]] Duration local_offset(WallTime time);

// The kernel's randomness, fetched 512 bytes at a time; what was handed out is wiped. One thread.
class SystemRandom final : public Random {
  public:
    [[nodiscard]] std::uint64_t next() override;

  private:
    std::array<std::uint64_t, 64> buffer_{};
    std::size_t left_ = 0;
};

// Reads below `root`, which tests can swap: proc/sys/kernel/random/boot_id,
// run/systemd/timesync/synchronized, sys/class/rtc/rtc0/hctosys. Any thread.
//
// The clock is trusted when it says a year this program can have been built in and one of these is true:
// systemd-timesyncd has set it since boot, a battery-backed clock set it at boot, or (only for root "/") the
// kernel says that something keeps it synchronized. `clock_set_file`, when it is not "", names a further proof: that
// file is there once the clock was set since boot. Whoever makes it vouches for the time.
[[nodiscard]] std::unique_ptr<Device> make_device(std::string root = "/", std::string clock_set_file = "");

}  // namespace tillkeeper
