// Randomness as an argument, so that the simulation can replay it from one seed.
#pragma once

#include <cstdint>
#include <span>

namespace tillkeeper {

class Random {
  public:
    virtual ~Random() = default;
    // Uniform over all 64-bit values. The system's implementation is cryptographically strong.
    [[nodiscard]] virtual std::uint64_t next() = 0;

    // Uniform in [0, bound); 0 when bound is 0. The bias is below 2^-32 for every bound used here.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
    // Uniform in [0, 1).
    [[nodiscard]] double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    void fill(std::span<std::uint8_t> out) {
        for (auto& byte : out) byte = static_cast<std::uint8_t>(next() >> 56);
    }
};

}  // namespace tillkeeper
