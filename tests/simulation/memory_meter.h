// MemoryMeter: how much memory the daemon's tasks hold, told apart from the world around it. [agent-8]
//
// Counts what `new` gives out between enter() and leave(), until it is freed by whomever. SQLite's own memory is not in
// it. One thread.
#pragma once

#include <cstdint>

namespace tillkeeper::simulation {

struct MemoryMeter {
    static void enter();  // from here on the daemon allocates
    static void leave();
    [[nodiscard]] static std::int64_t held_bytes();
};

}  // namespace tillkeeper::simulation
