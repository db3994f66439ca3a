// Shrinks a story that ends badly to the shortest one that still breaks the same promise.
#pragma once

#include <functional>

#include "tests/simulation/world.h"

namespace tillkeeper::simulation {

// `tries` bounds how many stories are played. `progress(tries so far, steps left)`.
[[nodiscard]] Story shrink(Story story, const Ending& bad, int tries,
                           const std::function<void(int, std::size_t)>& progress);

// What was broken, without the names in it: "[storage-1] accepted and gone".
[[nodiscard]] std::string kind_of(const std::string& broken);

}  // namespace tillkeeper::simulation
