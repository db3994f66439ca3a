// Device: what the box in the back room can tell about itself.
#pragma once

#include <cstdint>
#include <string>

#include "platform/result.h"

namespace tillkeeper {

class Device {
  public:
    virtual ~Device() = default;
    // Random 128 bits in hex that change with every boot of the machine.
    [[nodiscard]] virtual std::string boot_id() const = 0;
    // False while the wall clock has not been set since boot (no RTC, no NTP yet).
    [[nodiscard]] virtual bool clock_trusted() const = 0;
    // Some network interface, other than the machine's own loopback, is up and has a carrier (a cable, a radio).
    [[nodiscard]] virtual bool has_link() const = 0;
    // Bytes that an ordinary user may still write on the file system of `path`.
    [[nodiscard]] virtual Result<std::uint64_t> disk_free_bytes(const std::string& path) const = 0;
};

}  // namespace tillkeeper
