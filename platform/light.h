// Light: one lamp on the box that people see from the door.
#pragma once

#include <cstdint>

#include "platform/result.h"

namespace tillkeeper {

enum class Blink : std::uint8_t {
    kOff,
    kSteady,
    kSlow,
    kFast
};  // slow: once in two seconds; fast: four times a second

class Light {
  public:
    virtual ~Light() = default;
    // kNotFound: there is no such lamp; kIo: it cannot be set, the reason in words.
    [[nodiscard]] virtual Result<void> show(Blink blink) = 0;
};

}  // namespace tillkeeper
