#include "tests/crash/evidence.h"

#include <sstream>

#include "storage/journal_reader.h"
#include "tests/e2e/json.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::crash {

Result<Notes> read_notes(const std::filesystem::path& file) {
    Notes notes;
    std::istringstream lines(lab::read_file(file));
    for (std::string line; std::getline(lines, line) && !lines.eof();) {
        const auto json = lab::Json::parse(line);
        const auto outcome = json["outcome"].text();
        if (outcome.empty()) return fail(ErrorCode::kCorrupt, "not an answer: " + line);
        if (outcome == "accepted" || outcome == "duplicate")
            notes.answers.push_back({json["id"].text(), json["journal_number"].number(), json["hash"].text()});
        else
            ++notes.others;
    }
    return notes;
}

Result<std::vector<Recorded>> read_journal(const std::filesystem::path& data_folder) {
    storage::JournalOptions options;
    options.folder = data_folder.string();
    auto reader = storage::JournalReader::open(options);
    if (!reader) return std::unexpected(reader.error());
    const auto chain = (*reader)->verify({});
    if (!chain) return std::unexpected(chain.error());
    if (chain->first_bad != 0)
        return fail(ErrorCode::kCorrupt,
                    "the chain breaks at " + std::to_string(chain->first_bad) + ": " + chain->problem);
    std::vector<Recorded> entries;
    while (true) {
        const auto slice = (*reader)->read_after(entries.empty() ? 0 : entries.back().number, {});
        if (!slice) return std::unexpected(slice.error());
        if (slice->empty()) break;
        for (const auto& entry : *slice)
            entries.push_back(
                {entry.number, to_hex(entry.hash), entry.transaction_id, entry.till, entry.till_sequence.value_or(-1)});
    }
    if (static_cast<std::int64_t>(entries.size()) != chain->entries)
        return fail(ErrorCode::kCorrupt, "verified and read different numbers of entries");
    return entries;
}

Result<std::vector<Effect>> read_effects(cloud::CloudControl& control, const std::string& destination) {
    const auto text = control.items(destination);
    if (!text) return std::unexpected(text.error());
    std::vector<Effect> effects;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const auto json = lab::Json::parse(line);
        effects.push_back({json["id"].text(), json["till"].text()});
    }
    return effects;
}

}  // namespace tillkeeper::crash
