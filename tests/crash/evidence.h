// Where the judge's evidence comes from: the tills' notes, the stopped journal, a cloud's ledger.
#pragma once

#include <filesystem>
#include <vector>

#include "platform/result.h"
#include "tests/cloud/cloud_control.h"
#include "tests/crash/books.h"

namespace tillkeeper::crash {

struct Notes {
    std::vector<Answered> answers;  // accepted or duplicate
    std::int64_t others = 0;        // answers of any other outcome
};

// `--ids` of simulated-tills, as far as it is written. kCorrupt when a whole line is no answer.
[[nodiscard]] Result<Notes> read_notes(const std::filesystem::path& file);

// All entries, after the whole chain proved itself (else kCorrupt). May be called while nobody runs.
[[nodiscard]] Result<std::vector<Recorded>> read_journal(const std::filesystem::path& data_folder);

[[nodiscard]] Result<std::vector<Effect>> read_effects(cloud::CloudControl& control, const std::string& destination);

}  // namespace tillkeeper::crash
