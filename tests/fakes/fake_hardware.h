// FakeHardware: a box whose ailments a test decides.
#pragma once

#include "platform/hardware.h"

namespace tillkeeper::fakes {

class FakeHardware final : public Hardware {
  public:
    [[nodiscard]] HardwareIdentity identity() const override { return box; }
    [[nodiscard]] HardwareState state() const override {
        ++asked;
        return now;
    }

    HardwareIdentity box{.model = "A board", .serial = "S-1"};
    HardwareState now;
    mutable int asked = 0;
};

}  // namespace tillkeeper::fakes
