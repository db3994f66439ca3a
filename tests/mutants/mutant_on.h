// Which planted mutant is on; included only by the mutated copies that plant.py makes.
// Decided once, at start, from the environment: TILLKEEPER_MUTANT=<name>. Empty: none. An unknown name: exit 2.
#pragma once

#include <cstdint>
#include <type_traits>

namespace tillkeeper {

[[nodiscard]] std::uint32_t planted_mutant();

// `mutant`: the number of its name, see plant.py. Also usable where the original is constexpr.
[[nodiscard]] constexpr bool mutant_on(std::uint32_t mutant) {
    return !std::is_constant_evaluated() && planted_mutant() == mutant;
}

}  // namespace tillkeeper
