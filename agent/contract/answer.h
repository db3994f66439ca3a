// The answers of the bus, as agent/contract/asyncapi.yaml and the contract describe them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/contract/problem.h"
#include "agent/contract/transaction.h"
#include "platform/clock.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

// Stored, after the sync. `id` as the till wrote it, null where it could not be read. `problems` is a JSON array or "".
[[nodiscard]] std::string stored_answer(const std::optional<std::string>& id, const storage::Receipt& receipt,
                                        const std::string& problems);

// Nothing was stored. `retry_after` where trying again helps.
[[nodiscard]] std::string refused_answer(const std::optional<std::string>& id, Refusal refusal,
                                         const std::vector<Problem>& problems, std::optional<Duration> retry_after);

}  // namespace tillkeeper::agent
