#include "agent/cli/journal_import.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "agent/cli/daemon_call.h"
#include "agent/cli/print.h"
#include "agent/contract/problem.h"
#include "agent/day/export_line.h"
#include "agent/day/hand_over.h"
#include "agent/lookups/record_text.h"
#include "storage/own_entries.h"

namespace tillkeeper::cli {
namespace {

using storage::Entry;
using storage::EntryKind;

constexpr std::size_t kBatchBytesMax = 300 * 1024;  // well below what the control socket takes
constexpr std::size_t kBadLinesMax = 100;
constexpr int kTriesMax = 120;
constexpr Duration kBetweenTries = std::chrono::milliseconds(500);

struct Counts {
    std::int64_t accepted = 0, duplicate = 0, quarantined = 0, decided = 0, left_out = 0;
};

class Import {
  public:
    explicit Import(const std::string& socket) : socket_(socket) {}

    Result<void> take(std::int64_t line_number, const std::string& line) {
        const auto entry = agent::read_export_line(line);
        if (!entry || !entry->damaged.empty())
            return bad(line_number, entry ? "the exporting disk did not give it back" : entry.error().message);
        const bool own = entry->till.empty() || storage::is_own_type(entry->type);
        if (entry->kind == EntryKind::kAction || entry->kind == EntryKind::kReleased) {
            if (auto sent = flush(); !sent) return sent;
            if (const auto there = quarantined_.find(entry->repairs); there != quarantined_.end())
                return decide(line_number, *entry, there->second);
        }
        if (own || entry->kind == EntryKind::kAction) {
            ++counts.left_out;
            return {};
        }
        batch_.push_back({line_number, entry->number});
        if (!entries_.empty()) entries_ += ',';
        entries_ += "{\"till\":" + agent::quoted(entry->till) + ",\"erased\":" + (entry->erased ? "true" : "false") +
                    ",\"body\":" + agent::quoted(entry->body) + '}';
        return batch_.size() < agent::kHandedOverMax && entries_.size() < kBatchBytesMax ? Result<void>{} : flush();
    }

    // Hands over what waits; what the daemon is too busy for comes again, and is recognised.
    Result<void> flush() {
        if (batch_.empty()) return {};
        for (int tries = 0; tries < kTriesMax; ++tries) {
            const auto told = call_daemon(socket_, "POST", "/import", "{\"entries\":[" + entries_ + "]}");
            if (!told) return std::unexpected(told.error());
            const JsonDocument document(*told);
            const auto answers = document.root().at("answers").children();
            const bool busy = std::ranges::any_of(answers, [](JsonView a) { return a.text("outcome") == "busy"; });
            if (!busy) return count(answers);
            wait_for(kBetweenTries);
        }
        return fail(ErrorCode::kUnavailable, "the daemon takes nothing now; import again later");
    }

    Counts counts;
    std::vector<std::pair<std::int64_t, std::string>> bad_lines;

  private:
    struct Sent {
        std::int64_t line;
        storage::JournalNumber number;  // in the export
    };

    Result<void> bad(std::int64_t line, std::string problem) {
        bad_lines.emplace_back(line, std::move(problem));
        if (bad_lines.size() < kBadLinesMax) return {};
        return fail(ErrorCode::kInvalid, "more than " + std::to_string(kBadLinesMax) +
                                             " bad lines, the first in line " +
                                             std::to_string(bad_lines.front().first) + " (" + bad_lines.front().second +
                                             "): this is no export");
    }

    Result<void> count(const std::vector<JsonView>& answers) {
        for (std::size_t i = 0; i < answers.size() && i < batch_.size(); ++i) {
            const auto outcome = answers[i].text("outcome");
            if (outcome == "accepted") ++counts.accepted;
            if (outcome == "duplicate") ++counts.duplicate;
            if (outcome == "quarantined") ++counts.quarantined;
            if (outcome == "quarantined" || outcome == "duplicate")
                quarantined_.emplace(batch_[i].number, answers[i].number("number"));
            if (outcome == "refused")
                if (auto told = bad(batch_[i].line, answers[i].text("problem")); !told) return told;
        }
        batch_.clear();
        entries_.clear();
        return {};
    }

    // As the person did: retry, repair with this body, or skip. What is not held any more was decided before.
    Result<void> decide(std::int64_t line, const Entry& entry, storage::JournalNumber number) {
        const auto decision = agent::text_member(entry.problems, "decision");
        if (!agent::text_member(entry.problems, "destination").empty()) {
            ++counts.left_out;
            return {};
        }
        std::string body = "{\"who\":" + agent::quoted(agent::text_member(entry.problems, "who")) +
                           ",\"why\":" + agent::quoted(agent::text_member(entry.problems, "why"));
        if (decision == "repair") body += ",\"transaction\":" + entry.body;
        const auto told = call_daemon(socket_, "POST", "/queue/" + std::to_string(number) + '/' + decision, body + '}');
        if (told)
            ++counts.decided;
        else if (told.error().code == ErrorCode::kUnavailable)
            return std::unexpected(told.error());
        else if (told.error().code == ErrorCode::kNotFound)
            ++counts.duplicate;
        else
            return bad(line, told.error().message);
        return {};
    }

    const std::string& socket_;
    std::vector<Sent> batch_;
    std::string entries_;
    std::map<storage::JournalNumber, storage::JournalNumber> quarantined_;  // number in the export: number here
};

std::string bad_lines_json(const Import& import) {
    std::string out = "[";
    for (const auto& [line, problem] : import.bad_lines) {
        if (out.size() > 1) out += ',';
        out += "{\"line\":" + std::to_string(line) + ",\"problem\":" + agent::quoted(problem) + '}';
    }
    return out + ']';
}

}  // namespace

Result<std::string> import_journal(const std::string& socket, const std::string& file, const Told& told) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::kNotFound, "cannot read " + file);
    std::error_code error;
    const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(file, error));
    Import import(socket);
    Sha256 all;
    bool complete = false;
    std::int64_t done = 0;
    std::string line;
    for (std::int64_t number = 1; std::getline(in, line); ++number) {
        done += static_cast<std::int64_t>(line.size()) + 1;
        if (const auto end = agent::read_export_end(line)) {
            complete = end->sha256 == to_hex(all.finish());
            continue;
        }
        complete = false;  // nothing may follow the proof
        all.update(line);
        all.update("\n");
        if (auto taken = import.take(number, line); !taken) return std::unexpected(taken.error());
        told("importing", done, bytes);
    }
    if (auto sent = import.flush(); !sent) return std::unexpected(sent.error());
    const Counts& counts = import.counts;
    return "{\"fine\":" + std::string(complete && import.bad_lines.empty() ? "true" : "false") +
           ",\"complete\":" + (complete ? "true" : "false") + ",\"accepted\":" + std::to_string(counts.accepted) +
           ",\"duplicate\":" + std::to_string(counts.duplicate) +
           ",\"quarantined\":" + std::to_string(counts.quarantined) + ",\"decided\":" + std::to_string(counts.decided) +
           ",\"left_out\":" + std::to_string(counts.left_out) + ",\"bad_lines\":" + bad_lines_json(import) + '}';
}

std::string imported_text(JsonView done) {
    std::string out = "Accepted " + done.text("accepted") + ", duplicate " + done.text("duplicate") + ", quarantined " +
                      done.text("quarantined") + "; decided again " + done.text("decided") +
                      "; left out, of the exporting box itself " + done.text("left_out") + ".\n";
    for (const auto each : done.at("bad_lines").children())
        out += "Line " + each.text("line") + ": " + each.text("problem") + '\n';
    if (!done.is_true("complete")) out += "The file is not whole: its last line does not prove the others.\n";
    return out;
}

}  // namespace tillkeeper::cli
