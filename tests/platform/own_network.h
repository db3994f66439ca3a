// A network namespace for one test, of the thread that enters it and of what that thread starts.
#pragma once

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace tillkeeper {

// Whether the shell took it.
inline bool shell(const std::string& command) {
    return std::system(command.c_str()) == 0;
}

// Runs `body` where nothing is but a loopback interface that is down; skips the test where that is not allowed.
inline void in_own_network(const std::function<void()>& body) {
    bool allowed = false;
    std::thread([&] {
        allowed = unshare(CLONE_NEWNET) == 0;
        if (allowed) body();
    }).join();
    if (!allowed) GTEST_SKIP() << "a network namespace needs root";
}

}  // namespace tillkeeper
