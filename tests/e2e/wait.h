// Waiting for a condition with a deadline: the only way in which a test passes time.
#pragma once

#include <chrono>
#include <functional>

namespace tillkeeper::lab {

// Asks again and again until `condition` holds (true) or `limit` has passed (false; it is asked once more at the end).
[[nodiscard]] bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit);

// The same, calling `meanwhile` between two questions, at most every `pause`.
[[nodiscard]] bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit,
                              std::chrono::milliseconds pause, const std::function<void()>& meanwhile);

}  // namespace tillkeeper::lab
