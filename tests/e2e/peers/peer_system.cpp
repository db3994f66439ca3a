#include "tests/e2e/peers/peer_system.h"

#include <chrono>
#include <sstream>
#include <utility>

#include "tests/cloud/pki.h"
#include "tests/e2e/ports.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kStartMax = std::chrono::minutes(3);  // seconds on a machine with nothing else to do

Result<Process> run(const std::filesystem::path& folder, const std::string& name, std::vector<std::string> command) {
    ProcessOptions options;
    options.command = std::move(command);
    options.folder = folder;
    options.output = options.errors = folder / (name + ".log");
    return Process::start(options);
}

}  // namespace

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

PeerSystem::PeerSystem(std::filesystem::path folder, PeerSetup setup)
    : folder_(std::move(folder)), setup_(std::move(setup)), port_(free_port()), door_port_(free_port()) {}

Result<PeerSystem> PeerSystem::start(const std::filesystem::path& folder, PeerSetup setup) {
    PeerSystem peer(folder, std::move(setup));
    std::error_code fault;
    std::filesystem::create_directories(folder);
    std::filesystem::copy(peer.setup_.cluster, folder / "cluster", std::filesystem::copy_options::recursive, fault);
    if (fault) return fail(ErrorCode::kUnavailable, "the database: " + fault.message());
    if (auto pki = cloud::prepare_pki(folder / "pki"); !pki) return std::unexpected(pki.error());
    auto database = run(folder, "postgres",
                        {std::string(PEERS) + "/postgres", "serve", (folder / "cluster").string(), folder.string()});
    if (!database) return std::unexpected(database.error());
    peer.database_.emplace(std::move(*database));
    if (!wait_until([&] { return peer.rows("select 1").has_value(); }, kStartMax, std::chrono::milliseconds(50), [] {}))
        return fail(ErrorCode::kUnavailable, read_file(folder / "postgres.log"));
    if (auto started = peer.start_again(); !started) return std::unexpected(started.error());
    if (auto opened = peer.mend(); !opened) return std::unexpected(opened.error());
    return peer;
}

Result<void> PeerSystem::start_again() {
    auto command = setup_.command;
    command.insert(command.end(), {folder_.string(), std::to_string(port_)});
    auto started = run(folder_, setup_.name, std::move(command));
    if (!started) return std::unexpected(started.error());
    server_.emplace(std::move(*started));
    const auto settled = [&] { return listening(port_) || !server_->running(); };
    if (!wait_until(settled, kStartMax, std::chrono::milliseconds(50), [] {}) || !listening(port_))
        return fail(ErrorCode::kUnavailable, read_file(folder_ / (setup_.name + ".log")));
    return {};
}

Result<void> PeerSystem::mend() {
    auto door = run(folder_, "door",
                    {NODE, std::string(PEERS) + "/door.js", "--pki", (folder_ / "pki").string(), "--port",
                     std::to_string(door_port_), "--to", std::to_string(port_)});
    if (!door) return std::unexpected(door.error());
    door_.emplace(std::move(*door));
    if (!wait_until([&] { return listening(door_port_); }, kStartMax))
        return fail(ErrorCode::kUnavailable, read_file(folder_ / "door.log"));
    return {};
}

Result<std::string> PeerSystem::destination(const std::filesystem::path& folder,
                                            const std::filesystem::path& secret) const {
    std::error_code fault;
    std::filesystem::create_directories(folder);
    const std::filesystem::path example = std::filesystem::path(STEPS_EXAMPLES) / setup_.name;
    for (const auto& from : {example / (setup_.name + ".jq"), secret})
        std::filesystem::copy(from, folder / from.filename(), std::filesystem::copy_options::overwrite_existing, fault);
    if (fault) return fail(ErrorCode::kUnavailable, example.string() + ": " + fault.message());
    const auto ours = "url = \"https://127.0.0.1:" + std::to_string(door_port_) + '/';
    auto text =
        replaced(read_file(example / (setup_.name + ".toml")), "url = \"https://" + setup_.name + ".example/", ours);
    // A store alone; and its backlog need not wait for others after an outage.
    text = replaced(
        text, "kind = \"steps\"\n",
        "kind = \"steps\"\nreconnect_spread_s = 0\nca_file = \"" + (folder_ / "pki" / "ca.pem").string() + "\"\n");
    return '\n' + text;
}

Result<std::vector<std::string>> PeerSystem::rows(const std::string& query) const {
    // Debian's `psql` in the path is a Perl script in front of it: too slow to ask often.
    auto ran = run_command({std::string(PEERS) + "/postgres", "psql", "-h", folder_.string(), "-U", "postgres", "-d",
                            setup_.name, "-Atc", query},
                           folder_);
    if (!ran) return std::unexpected(ran.error());
    if (ran->status != 0) return fail(ErrorCode::kUnavailable, ran->errors);
    std::vector<std::string> rows;
    std::istringstream lines(ran->output);
    for (std::string line; std::getline(lines, line);) rows.push_back(std::move(line));
    return rows;
}

}  // namespace tillkeeper::lab
