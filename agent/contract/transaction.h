// Reads what a till hands over and decides, without I/O, what becomes of it: understood, quarantined or refused.
//
// A transaction that happened in the world is never refused for its content [agent-2]: only what is no JSON object, is
// over a limit, or holds a card number is. Everything else that is wrong makes it quarantined, with its problems.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/problem.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kTransactionBytesMax = 256 * 1024;

enum class Refusal { kMalformed, kTooLarge, kContainsCardNumber, kNotYours, kBusy, kStorageFull };
inline constexpr std::array kRefusals{Refusal::kMalformed, Refusal::kTooLarge, Refusal::kContainsCardNumber,
                                      Refusal::kNotYours,  Refusal::kBusy,     Refusal::kStorageFull};

// As the contract spells it: "malformed", "too_large", ...
[[nodiscard]] std::string_view to_string(Refusal refusal);

struct Examined {
    std::optional<Refusal> refusal;  // nothing may be stored
    std::optional<std::string> id;   // as the till wrote it, where it could be read
    std::vector<Problem> problems;   // with a refusal: why; else why it is quarantined, or none
    storage::NewEntry entry;         // without a refusal; arrival is left to the caller
};

// `till` is the owner of the topic it came on. Any bytes may come in `payload`; never fails.
[[nodiscard]] Examined examine_transaction(std::string_view till, std::string payload);

// An order that was handed out before: kept for a person to look at. For an entry that was refused by its order's pot.
[[nodiscard]] Examined collected_before(storage::NewEntry entry);

// [A-Za-z0-9_-]{1,32}
[[nodiscard]] bool is_till_name(std::string_view text);
// [A-Za-z0-9._:-]{1,64}
[[nodiscard]] bool is_transaction_id(std::string_view text);

}  // namespace tillkeeper::agent
