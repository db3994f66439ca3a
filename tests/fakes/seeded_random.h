// SeededRandom: the same numbers for the same seed, on every machine (SplitMix64).
#pragma once

#include <cstdint>

#include "platform/random.h"

namespace tillkeeper::fakes {

class SeededRandom final : public Random {
  public:
    // Seeds that differ by a step of the sequence would give the same numbers, one later: they are mixed first.
    explicit SeededRandom(std::uint64_t seed = 1) : state_(mixed(seed)) {}

    [[nodiscard]] std::uint64_t next() override {
        state_ += 0x9E3779B97F4A7C15U;
        return mixed(state_);
    }

  private:
    [[nodiscard]] static std::uint64_t mixed(std::uint64_t bits) {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
        return bits ^ (bits >> 31);
    }

    std::uint64_t state_;
};

}  // namespace tillkeeper::fakes
