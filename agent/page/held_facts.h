// What a signed-in person sees of one transaction that waits: its content too. Thread: the reader's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/staff/transaction_form.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {

struct PointedProblem {
    std::string type;     // a word of problem_type.h
    std::string pointer;  // "" when it concerns the whole
};

struct HeldFacts {
    storage::HeldItem item;   // destination "": quarantined
    storage::Entry original;  // as it arrived
    std::string transaction;  // JSON, with the latest repair; "" where the disk does not give it back
    std::vector<PointedProblem> problems;
    std::optional<std::vector<FormGroup>> form;  // nothing: it can be repaired as text only
};

// kNotFound where nothing waits there.
[[nodiscard]] Result<HeldFacts> held_facts(storage::JournalReader& reader, storage::JournalNumber number,
                                           std::string_view destination);

// The three letters that it names; "" for none.
[[nodiscard]] std::string currency_of(const HeldFacts& held);

// Where the page shows it.
[[nodiscard]] std::string held_path(storage::JournalNumber number, std::string_view destination);

// Of an entry's problems, as the journal keeps them.
[[nodiscard]] std::vector<PointedProblem> read_problems(std::string_view json);
// The same without where, each once.
[[nodiscard]] std::vector<std::string> problem_types(std::string_view json);

}  // namespace tillkeeper::agent
