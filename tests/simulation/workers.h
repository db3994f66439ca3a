// Workers: many stories on several processes. Which story comes out how does not depend on how many there are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace tillkeeper::simulation {

struct Totals {
    std::uint64_t stories = 0;
    std::uint64_t outages = 0;
    std::uint64_t sales = 0;
    std::uint64_t accepted = 0;
    std::uint64_t lived_s = 0;  // virtual seconds
    std::uint64_t steps = 0;
    std::uint64_t hash = 0;  // of all stories, in their order
    bool bad = false;
    std::uint64_t bad_seed = 0;  // of the first story that ended badly
    std::string broken;
};

// `points`: only stories about points. Plays stories first_seed, first_seed + 1, ... until they have at least so many
// outages together, or one ends badly.
[[nodiscard]] Totals play_all(std::uint64_t first_seed, std::uint64_t outages, bool points, unsigned jobs,
                              const std::function<void(const Totals& so_far)>& progress);

}  // namespace tillkeeper::simulation
