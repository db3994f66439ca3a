#include "tests/e2e/wait.h"

#include <poll.h>

namespace tillkeeper::lab {

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit,
                std::chrono::milliseconds pause, const std::function<void()>& meanwhile) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) return condition();
        meanwhile();
        ::poll(nullptr, 0, static_cast<int>(pause.count()));
    }
    return true;
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    return wait_until(condition, limit, std::chrono::milliseconds(5), [] {});
}

}  // namespace tillkeeper::lab
