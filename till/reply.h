// What the store's box says to a sale, read from the contract's JSON. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "till/till_values.h"

namespace tillkeeper::pos {

struct Reply {
    Outcome outcome = Outcome::kAccepted;
    std::string id;  // the answer's, or the Correlation Data where it has none
    std::int64_t journal_number = 0;
    std::string problem;
    std::optional<std::chrono::milliseconds> retry_after;  // a refusal that passes
};

// Nothing where it is no answer to a transaction, or where it names another sale than the Correlation Data does.
[[nodiscard]] std::optional<Reply> read_reply(std::string_view payload, std::string_view correlation_data);

// The member `state` of a document; "" where it has none.
[[nodiscard]] std::string state_of(std::string_view document);

}  // namespace tillkeeper::pos
