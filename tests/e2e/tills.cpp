#include "tests/e2e/tills.h"

#include <sstream>

#include "tests/e2e/programs.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::lab {
namespace {

std::filesystem::path output_of(const std::filesystem::path& folder) {
    return folder / "tills.out";
}
std::filesystem::path errors_of(const std::filesystem::path& folder) {
    return folder / "tills.err";
}
std::filesystem::path ids_of(const std::filesystem::path& folder) {
    return folder / "answers.jsonl";
}

}  // namespace

std::vector<std::string> till_names(int count) {
    std::vector<std::string> names;
    for (int i = 1; i <= count; ++i) names.push_back("till-" + std::to_string(i));
    return names;
}

Result<Tills> Tills::start(const std::filesystem::path& folder, const Broker& broker, const TillsSetup& setup) {
    std::filesystem::create_directories(folder);
    ProcessOptions options;
    options.command = {kTillsProgram,
                       "--broker",
                       "127.0.0.1:" + std::to_string(broker.tls_port()),
                       "--ca",
                       broker.ca_file().string(),
                       "--users",
                       broker.users_file().string(),
                       "--tills",
                       std::to_string(setup.tills),
                       "--sales",
                       std::to_string(setup.sales),
                       "--seed",
                       std::to_string(setup.seed),
                       "--in-flight",
                       std::to_string(setup.in_flight),
                       "--ids",
                       ids_of(folder).string(),
                       "--json",
                       "--commands"};
    if (!setup.from.empty()) options.command.insert(options.command.end(), {"--from", setup.from});
    if (setup.library) {
        const auto outboxes = folder / "outboxes";
        std::filesystem::create_directories(outboxes);
        options.command.insert(options.command.end(), {"--library", outboxes.string()});
    }
    options.command.insert(options.command.end(), setup.more.begin(), setup.more.end());
    options.output = output_of(folder);
    options.errors = errors_of(folder);
    options.listens = true;
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    if (setup.per_second > 0) process->say("pace " + std::to_string(setup.per_second));
    return Tills(folder, std::move(*process));
}

std::string Tills::last_line_with(const std::string& text) const {
    const std::string output = read_file(output_of(folder_));
    std::size_t end = output.rfind('\n');
    while (end != std::string::npos && end > 0) {
        const std::size_t before = output.rfind('\n', end - 1);
        const std::size_t begin = before == std::string::npos ? 0 : before + 1;
        std::string line = output.substr(begin, end - begin);
        if (line.find(text) != std::string::npos) return line;
        end = before;
    }
    return {};
}

TillsTally Tills::tally() const {
    const auto json = Json::parse(last_line_with("\"sold\":"));
    TillsTally tally;
    tally.sold = json["sold"].number();
    tally.accepted = json["accepted"].number() + json["duplicate"].number();
    tally.quarantined = json["quarantined"].number();
    tally.refused = json["refused"].number();
    tally.waiting = json["waiting"].number();
    tally.sent_again = json["sent_again"].number();
    return tally;
}

Result<void> Tills::finish(std::chrono::milliseconds limit) {
    const auto status = process_.wait(limit);
    if (!status) return fail(ErrorCode::kUnavailable, "the tills are not done: " + last_line_with("\"sold\":"));
    if (*status == 0) return {};
    return fail(ErrorCode::kInternal, "the tills ended with exit status " + std::to_string(*status) + ": " +
                                          read_file(errors_of(folder_)) + last_line_with("\"sold\":"));
}

std::set<std::string> Tills::accepted_ids() const {
    std::set<std::string> ids;
    std::istringstream lines(read_file(ids_of(folder_)));
    for (std::string line; std::getline(lines, line) && !lines.eof();) {
        const auto answer = Json::parse(line);
        const auto outcome = answer["outcome"].text();
        if (outcome == "accepted" || outcome == "duplicate") ids.insert(answer["id"].text());
    }
    return ids;
}

std::filesystem::path Tills::notes() const {
    return ids_of(folder_);
}

std::string Tills::poisoned_id() const {
    return Json::parse(last_line_with("\"poisoned\""))["id"].text();
}

Json Tills::summary() const {
    return Json::parse(last_line_with("\"summary\":true"));
}

}  // namespace tillkeeper::lab
