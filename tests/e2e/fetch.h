// One blocking HTTP request, for the agent's local page.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::lab {

struct Fetched {
    long status = 0;
    std::string body;
    std::string head = {};  // lines as they came
};

// What else is sent.
struct Sending {
    std::vector<std::string> headers = {};  // "Cookie: a=b"
    std::optional<std::string> form = {};   // makes it a POST
    std::string ca_file = {};               // of the server, where it speaks TLS
};

// kUnavailable when no answer came within `limit`.
[[nodiscard]] Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds limit = std::chrono::seconds(5),
                                    const Sending& sending = {});

}  // namespace tillkeeper::lab
