// One blocking HTTP request, for the agent's local page.
#pragma once

#include <chrono>
#include <string>

#include "platform/result.h"

namespace tillkeeper::lab {

struct Fetched {
    long status = 0;
    std::string body;
};

// kUnavailable when no answer came within `limit`.
[[nodiscard]] Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds limit = std::chrono::seconds(5));

}  // namespace tillkeeper::lab
