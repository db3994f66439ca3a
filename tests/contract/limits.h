// The limits that hold for a hand-over, found out by trying: the largest value that still goes through.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tillkeeper::contract {

// By the names that the contract gives them.
[[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> limits_of_the_agent();

}  // namespace tillkeeper::contract
