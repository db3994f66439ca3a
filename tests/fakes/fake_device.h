// FakeDevice: a box that has booted once, has a trusted clock and a free GiB.
#pragma once

#include <string>

#include "platform/device.h"

namespace tillkeeper::fakes {

class FakeDevice final : public Device {
  public:
    [[nodiscard]] std::string boot_id() const override { return boot; }
    [[nodiscard]] bool clock_trusted() const override { return trusted; }
    [[nodiscard]] bool has_link() const override { return link; }
    [[nodiscard]] Result<std::uint64_t> disk_free_bytes(const std::string&) const override { return free_bytes; }

    std::string boot = "00112233445566778899aabbccddeeff";
    bool trusted = true;
    bool link = true;
    std::uint64_t free_bytes = 1U << 30;
};

}  // namespace tillkeeper::fakes
