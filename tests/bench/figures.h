// The figures, a function for each letter. Each adds its rows to the store; a failure to measure is an error, a missed
// goal is not.
#pragma once

#include "tests/bench/store.h"

namespace tillkeeper::bench {

[[nodiscard]] Result<void> measure_answers(Store& store);     // a
[[nodiscard]] Result<void> measure_throughput(Store& store);  // b
[[nodiscard]] Result<void> measure_drain(Store& store);       // c
[[nodiscard]] Result<void> measure_memory(Store& store);      // d: memory and start-up
[[nodiscard]] Result<void> measure_flash(Store& store);       // e
[[nodiscard]] Result<void> measure_lookups(Store& store);     // f: and what copies take of memory and disk
[[nodiscard]] Result<void> measure_refresh(Store& store);     // g

}  // namespace tillkeeper::bench
