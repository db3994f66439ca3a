// The daemon's answers as text for people.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/json_view.h"

namespace tillkeeper::cli {

// Columns as wide as their widest cell, the first row being the heading.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>>& rows);

[[nodiscard]] std::string queue_text(JsonView queue);
[[nodiscard]] std::string differences_text(JsonView found);
[[nodiscard]] std::string outages_text(JsonView found);
[[nodiscard]] std::string entry_text(JsonView entry);
[[nodiscard]] std::string found_text(JsonView found);
[[nodiscard]] std::string verification_text(JsonView verification);

// Of `till add` and `rotate`, `till revoke`, `bus init`.
[[nodiscard]] std::string secret_text(JsonView made);
[[nodiscard]] std::string revoked_text(JsonView done);
[[nodiscard]] std::string bus_text(JsonView made);

}  // namespace tillkeeper::cli
