// What people ask the journal, answered as JSON: by the running daemon over its control socket, and by the command line
// from a stopped journal. Read-only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/local/whereabouts.h"
#include "platform/result.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {

inline constexpr int kQueuePage = 200;  // items in one answer

// {"items":[{destination,number,state,reason,since,waits_for,transaction_id,till,type,receipt}],"more":bool}
// `destination`: nothing for all, "" for quarantine.
[[nodiscard]] Result<std::string> queue_json(storage::JournalReader& reader,
                                             const std::optional<std::string>& destination,
                                             storage::JournalNumber after);

// {"entry":{...,"transaction":<as it arrived>},"repaired":<or null>,"held":[...]}; kNotFound when there is none.
[[nodiscard]] Result<std::string> entry_json(storage::JournalReader& reader, storage::JournalNumber number);

// {"found":[{number,...,"safe":true,"destinations":{"erp":"delivered"},"documents":{"erp":"SO-17"}}]}; by transaction
// id or receipt. `documents`: under which numbers destinations booked it, as far as they said.
[[nodiscard]] Result<std::string> find_json(storage::JournalReader& reader, const std::string& text,
                                            const std::vector<sync::DestinationConfig>& destinations);

// {"differences":[{number,since,destination,till,transaction_type,refers_to,cause,amount,unit,detail}],"more":bool}
// Where destinations booked otherwise than the store; who the member is stays in the entry (entry_json).
[[nodiscard]] Result<std::string> differences_json(storage::JournalReader& reader, storage::JournalNumber after);

// {"entries","first_bad","problem","head","whole":bool}
[[nodiscard]] std::string to_json(const storage::Verification& verification);

}  // namespace tillkeeper::agent
