#include "agent/cli/journal_access.h"

#include <functional>
#include <memory>

#include "agent/cli/daemon_call.h"
#include "agent/config/config.h"
#include "agent/local/journal_queries.h"
#include "agent/tills/till_feed.h"
#include "agent/tills/tills_json.h"
#include "storage/journal_reader.h"

namespace tillkeeper::cli {
namespace {

using storage::JournalReader;

Result<std::unique_ptr<JournalReader>> open_stopped(const std::string& config_path) {
    auto config = agent::load_config(config_path);
    if (!config) return fail(ErrorCode::kUnavailable, config.error().front());
    storage::JournalOptions options;
    options.folder = config->data_folder;
    options.key = config->journal_key;
    options.older_keys = config->older_journal_keys;
    return JournalReader::open(options);
}

// Without a socket there is no configuration either: its fault says why.
Result<std::string> call(const Access& access, const std::string& method, const std::string& path,
                         const std::string& body = "") {
    if (!access.socket.empty()) return call_daemon(access.socket, method, path, body);
    const auto config = agent::load_config(access.config_path);
    if (config) return call_daemon(config->control_socket, method, path, body);
    return fail(ErrorCode::kInvalid, config.error().front());
}

// Asks the daemon; when nobody answers, reads the journal itself.
Result<std::string> ask(const Access& access, const std::string& path,
                        const std::function<Result<std::string>(JournalReader&)>& read) {
    auto answer = call(access, "GET", path);
    if (answer || answer.error().code != ErrorCode::kUnavailable) return answer;
    auto reader = open_stopped(access.config_path);
    if (!reader) return fail(reader.error().code, answer.error().message + "; " + reader.error().message);
    return read(**reader);
}

}  // namespace

JournalAccess::JournalAccess(Access access) : access_(std::move(access)) {}

Result<std::string> JournalAccess::status() const {
    return call(access_, "GET", "/status");
}

Result<std::string> JournalAccess::queue(const std::string* destination, std::int64_t after) const {
    std::string path = "/queue?after=" + std::to_string(after);
    if (destination != nullptr) path += "&destination=" + percent_encoded(*destination);
    const auto which = destination != nullptr ? std::optional(*destination) : std::nullopt;
    return ask(access_, path, [&](JournalReader& reader) { return agent::queue_json(reader, which, after); });
}

Result<std::string> JournalAccess::differences(std::int64_t after) const {
    return ask(access_, "/differences?after=" + std::to_string(after),
               [&](JournalReader& reader) { return agent::differences_json(reader, after); });
}

Result<std::string> JournalAccess::entry(std::int64_t number) const {
    return ask(access_, "/entries/" + std::to_string(number),
               [&](JournalReader& reader) { return agent::entry_json(reader, number); });
}

Result<std::string> JournalAccess::find(const std::string& text) const {
    return ask(access_, "/find?text=" + percent_encoded(text),
               [&](JournalReader& reader) { return agent::find_json(reader, text); });
}

Result<std::string> JournalAccess::tills() const {
    return ask(access_, "/tills", [](JournalReader& reader) -> Result<std::string> {
        agent::TillFeed feed(reader);
        while (true) {
            const auto more = feed.step();
            if (!more) return std::unexpected(more.error());
            if (!*more) return agent::tills_json(feed.known(), feed.up_to(), {});
        }
    });
}

Result<std::string> JournalAccess::verify() const {
    return ask(access_, "/verify", [](JournalReader& reader) -> Result<std::string> {
        auto verified = reader.verify({});
        if (!verified) return std::unexpected(verified.error());
        return agent::to_json(*verified);
    });
}

Result<std::string> JournalAccess::decide(std::int64_t number, const std::string& verb, const std::string& body) const {
    return call(access_, "POST", "/queue/" + std::to_string(number) + '/' + verb, body);
}

}  // namespace tillkeeper::cli
