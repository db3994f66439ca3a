// What a person decides, as an entry of the chain. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "storage/entry.h"

namespace tillkeeper::storage {

// The entry that records `decision` about `original`. Its `problems` say who, what and why:
//   {"decision":"repair","destination":"erp","who":"anna","why":"wrong tax code"}
// and its arrival says when. README.md has the table of kinds and bodies.
[[nodiscard]] NewEntry decision_entry(const Decision& decision, const Entry& original);

// The problems of an entry that records an erasure: {"decision":"erase","who","why"}.
[[nodiscard]] std::string erasure_problems(std::string_view who, std::string_view why);

// The problems of an entry that was quarantined for using an id again: a JSON array of one RFC 9457 problem.
[[nodiscard]] std::string id_conflict_problems(JournalNumber first);

}  // namespace tillkeeper::storage
