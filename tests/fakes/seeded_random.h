// SeededRandom: the same numbers for the same seed, on every machine (SplitMix64).
#pragma once

#include <cstdint>

#include "platform/random.h"

namespace tillkeeper::fakes {

class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed = 1) : state_(seed) {}

    [[nodiscard]] std::uint64_t next() override {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
        return mixed ^ (mixed >> 31);
    }

  private:
    std::uint64_t state_;
};

}  // namespace tillkeeper::fakes
