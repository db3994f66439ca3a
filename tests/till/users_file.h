// The file of users that the broker's configuration is made from: `name:password` lines.
#pragma once

#include <string>
#include <vector>

#include "platform/result.h"
#include "tests/till/broker_connection.h"

namespace tillkeeper::till {

inline constexpr std::string_view kAgentUser = "tillkeeper";

// All of them, in the file's order. kNotFound when it cannot be read.
[[nodiscard]] Result<std::vector<BrokerUser>> read_users(const std::string& path);

}  // namespace tillkeeper::till
