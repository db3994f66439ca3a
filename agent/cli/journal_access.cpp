#include "agent/cli/journal_access.h"

#include <functional>
#include <memory>

#include "agent/cli/daemon_call.h"
#include "agent/cli/json_view.h"
#include "agent/config/config.h"
#include "agent/day/day_desk.h"
#include "agent/day/manifest_key.h"
#include "agent/local/journal_queries.h"
#include "agent/outages/outage_log.h"
#include "agent/tills/till_feed.h"
#include "agent/tills/tills_json.h"
#include "platform/linux-arm/system.h"
#include "storage/journal_reader.h"

namespace tillkeeper::cli {
namespace {

using storage::JournalReader;

constexpr const char* kVerifying = "verifying";
constexpr Duration kStatusPatience = std::chrono::seconds(10);  // who hangs so long does not answer

Result<std::string> call(const Access& access, const std::string& method, const std::string& path,
                         const std::string& body = "") {
    const auto socket = socket_of(access);
    return socket ? call_daemon(*socket, method, path, body) : std::unexpected(socket.error());
}

using Read = std::function<Result<std::string>(JournalReader&, const agent::Config&)>;

// Where the daemon did not answer, from the journal itself.
Result<std::string> read_stopped(const Access& access, Error error, const Read& read) {
    if (error.code != ErrorCode::kUnavailable) return std::unexpected(std::move(error));
    const auto config = agent::load_config(access.config_path);
    if (!config) return fail(ErrorCode::kUnavailable, error.message + "; " + config.error().front());
    auto reader = JournalReader::open(journal_of(*config));
    if (!reader) return fail(reader.error().code, error.message + "; " + reader.error().message);
    return read(**reader, *config);
}

// Asks the daemon; when nobody answers, reads the journal itself.
Result<std::string> ask(const Access& access, const std::string& path, const Read& read) {
    auto answer = call(access, "GET", path);
    return answer ? answer : read_stopped(access, std::move(answer.error()), read);
}

}  // namespace

storage::JournalOptions journal_of(const agent::Config& config) {
    storage::JournalOptions options;
    options.folder = config.data_folder;
    options.key = config.journal_key;
    options.older_keys = config.older_journal_keys;
    return options;
}

Result<std::string> socket_of(const Access& access) {
    if (!access.socket.empty()) return access.socket;
    const auto config = agent::load_config(access.config_path);
    if (config) return config->control_socket;
    return fail(ErrorCode::kInvalid, config.error().front());
}

Result<std::string> verified_by_daemon(const std::string& socket, const Told& told) {
    return call_daemon_beside(socket, "/verify", "/verify/progress", [&](const std::string& answer) {
        const JsonDocument document(answer);
        const auto walk = document.root();
        if (walk.is_true("running")) told(kVerifying, walk.number("done"), walk.number("total"));
    });
}

JournalAccess::JournalAccess(Access access) : access_(std::move(access)) {}

Result<std::string> JournalAccess::status() const {
    const auto socket = socket_of(access_);
    return socket ? call_daemon(*socket, "GET", "/status", "", kStatusPatience) : socket;
}

Result<std::string> JournalAccess::queue(const std::string* destination, std::int64_t after) const {
    std::string path = "/queue?after=" + std::to_string(after);
    if (destination != nullptr) path += "&destination=" + percent_encoded(*destination);
    const auto which = destination != nullptr ? std::optional(*destination) : std::nullopt;
    return ask(access_, path,
               [&](JournalReader& reader, const agent::Config&) { return agent::queue_json(reader, which, after); });
}

Result<std::string> JournalAccess::differences(std::int64_t after) const {
    return ask(access_, "/differences?after=" + std::to_string(after),
               [&](JournalReader& reader, const agent::Config&) { return agent::differences_json(reader, after); });
}

Result<std::string> JournalAccess::outages() const {
    return ask(access_, "/outages", [](JournalReader& reader, const agent::Config&) -> Result<std::string> {
        const auto past = agent::past_outages(reader);
        if (!past) return std::unexpected(past.error());
        return agent::outages_json(*past);
    });
}

Result<std::string> JournalAccess::entry(std::int64_t number) const {
    return ask(access_, "/entries/" + std::to_string(number),
               [&](JournalReader& reader, const agent::Config&) { return agent::entry_json(reader, number); });
}

Result<std::string> JournalAccess::find(const std::string& text) const {
    return ask(access_, "/find?text=" + percent_encoded(text), [&](JournalReader& reader, const agent::Config& config) {
        return agent::find_json(reader, text, config.destinations);
    });
}

Result<std::string> JournalAccess::tills() const {
    return ask(access_, "/tills", [](JournalReader& reader, const agent::Config&) -> Result<std::string> {
        agent::TillFeed feed(reader);
        while (true) {
            const auto more = feed.step();
            if (!more) return std::unexpected(more.error());
            if (!*more) return agent::tills_json(feed.known(), feed.up_to(), {});
        }
    });
}

Result<std::string> JournalAccess::day(const std::string& date, bool csv) const {
    const std::string query = date.empty() ? "" : "?date=" + percent_encoded(date);
    return ask(access_, (csv ? "/day.csv" : "/day") + query, [&](JournalReader& reader, const agent::Config& config) {
        return agent::day_of_stopped(
            reader, {config.store_id, SystemClock().wall(), {local_offset, config.day_closes_at}}, date, csv);
    });
}

Result<std::string> JournalAccess::manifests(const std::string& date) const {
    return ask(access_, "/manifests" + (date.empty() ? "" : "?date=" + percent_encoded(date)),
               [&](JournalReader& reader, const agent::Config&) {
                   return agent::manifests_json(reader, agent::parse_day(date));
               });
}

Result<std::string> JournalAccess::manifest_key() const {
    auto told = call(access_, "GET", "/manifests/key");
    if (told || told.error().code != ErrorCode::kUnavailable) return told;
    const auto config = agent::load_config(access_.config_path);
    return config ? agent::manifest_key_json(config->data_folder) : told;
}

Result<std::string> JournalAccess::make_manifest(const std::string& date) const {
    return call(access_, "POST", "/manifests", date.empty() ? "{}" : "{\"date\":\"" + date + "\"}");
}

Result<std::string> JournalAccess::verify(const Told& told) const {
    const auto socket = socket_of(access_);
    if (!socket) return socket;
    auto answer = verified_by_daemon(*socket, told);
    return answer ? answer
                  : read_stopped(access_, std::move(answer.error()),
                                 [&](JournalReader& reader, const agent::Config&) -> Result<std::string> {
                                     auto verified = reader.verify(
                                         [&](std::int64_t done, std::int64_t total) { told(kVerifying, done, total); });
                                     if (!verified) return std::unexpected(verified.error());
                                     return agent::to_json(*verified);
                                 });
}

Result<std::string> JournalAccess::decide(std::int64_t number, const std::string& verb, const std::string& body) const {
    return call(access_, "POST", "/queue/" + std::to_string(number) + '/' + verb, body);
}

}  // namespace tillkeeper::cli
