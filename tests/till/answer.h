// What the agent says to a handed-over transaction, as the bus contract writes it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tillkeeper::till {

enum class Outcome { kAccepted, kDuplicate, kQuarantined, kRefused };

[[nodiscard]] std::string_view to_string(Outcome outcome);

struct Answer {
    std::string id;  // "" where the agent could not read it
    Outcome outcome = Outcome::kAccepted;
    std::int64_t journal_number = 0;
    std::string hash;
    std::string problem;                                   // of a refusal
    std::optional<std::chrono::milliseconds> retry_after;  // of a refusal that another try may help
};

// Nothing where it is no answer to a transaction.
[[nodiscard]] std::optional<Answer> read_answer(std::string_view payload);

}  // namespace tillkeeper::till
