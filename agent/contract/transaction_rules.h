// The rules of a transaction's members: which must be there, of what form, and that the totals add up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/problem.h"

namespace tillkeeper::agent {

// Texts are "" where missing or unusable (a problem says so where the member is required).
struct TransactionFields {
    bool is_object = false;
    std::optional<std::string> id;  // any text
    std::string type;
    std::optional<std::int64_t> till_sequence;
    std::string occurred_at;
    std::string business_day;
    std::string refers_to;
    std::string receipt;
    std::vector<Problem> problems;  // at most 16
};

// `json` has passed scan_json().
[[nodiscard]] TransactionFields read_fields(std::string_view json);

}  // namespace tillkeeper::agent
