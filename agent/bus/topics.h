// The topics of the contract, version 1.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper::agent {

inline constexpr std::string_view kRoot = "tillkeeper/v1";
inline constexpr std::string_view kStatusTopic = "tillkeeper/v1/status";

struct TillTopic {
    std::string_view till;  // "" when the topic is not below tillkeeper/v1/tills/
    std::string_view rest;  // "transactions", "lookups/members", ...
};

// The views point into `topic`.
[[nodiscard]] TillTopic parse_till_topic(std::string_view topic);
[[nodiscard]] std::string replies_topic(std::string_view till);
// Whether a till may ask for answers there: below its own name, where it says nothing itself (an answer would be taken
// for a transaction, or for its presence), without wildcards, at most 256 bytes.
[[nodiscard]] bool is_own_topic(std::string_view till, std::string_view topic);

}  // namespace tillkeeper::agent
