// What is wrong with a transaction, in the form of RFC 9457 with an RFC 6901 pointer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/problem_type.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

struct Problem {
    ProblemType type;
    std::string title;    // for people, the same for every case of this type
    std::string detail;   // for people, what is wrong here; never the offending value itself
    std::string pointer;  // "" when it concerns the whole
};

// A JSON array of them.
[[nodiscard]] std::string to_json(const std::vector<Problem>& problems);

// How every refusal ends, from `"outcome":` to the last brace. `word`: as the contract spells it; `retry_after` where
// trying again helps.
[[nodiscard]] std::string refusal_end(std::string_view word, const std::vector<Problem>& problems,
                                      std::optional<Duration> retry_after);

// `text` as a JSON string with quotes. Bytes that are not UTF-8 must not come here.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace tillkeeper::agent
