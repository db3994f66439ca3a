// The workloads whose every crash point is tried: short, each about one thing that writes.
#pragma once

#include <span>
#include <string_view>

#include "tests/crash/states_story.h"

namespace tillkeeper::crash {

struct Workload {
    std::string_view name;
    void (*run)(Story& story);  // calls story.begin_here() once
    std::string_view key = "";  // 32 bytes: bodies are sealed
};

// What a workload with a key may have sealed with before.
inline constexpr std::string_view kOlderKey = "fedcba9876543210fedcba9876543210";

[[nodiscard]] std::span<const Workload> workloads();

}  // namespace tillkeeper::crash
