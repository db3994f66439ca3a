#include "agent/cli/support_bundle.h"

#include <filesystem>

#include "agent/bus_access/safe_file.h"
#include "agent/cli/daemon_call.h"
#include "agent/cli/doctor.h"
#include "agent/cli/healthcheck.h"
#include "agent/cli/shown_config.h"
#include "agent/config/config.h"
#include "agent/contract/problem.h"
#include "agent/version.h"
#include "platform/linux-arm/system.h"
#include "storage/journal.h"

namespace tillkeeper::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);

// "FILE:LINE" of a fault of the configuration, not what stands there; "" where it names no line.
std::string place_of(const std::string& fault) {
    const auto line = fault.find_first_of("0123456789", fault.find(':'));
    const auto end = fault.find_first_not_of("0123456789", line);
    const bool named =
        line != std::string::npos && end != std::string::npos && fault[line - 1] == ':' && fault[end] == ':';
    return named ? fault.substr(0, end) : "";
}

std::string findings(const Access& access) {
    const JsonDocument document(examine_box(access));
    std::string out;
    for (const auto each : document.root().at("checks").children()) {
        const auto check = each.text("check");
        const auto found = check == "configuration" ? place_of(each.text("found")) : each.text("found");
        out += std::string(out.empty() ? "" : ",\n") + R"(  {"check":)" + agent::quoted(check) + R"(,"state":)" +
               agent::quoted(each.text("state")) + R"(,"found":)" + agent::quoted(found) + '}';
    }
    return "[\n" + out + ']';
}

std::string configuration(const Access& access) {
    std::string out;
    for (const auto& line : shown_config(agent::read_if_there(access.config_path).value_or("")))
        out += (out.empty() ? "  " : ",\n  ") + agent::quoted(line);
    return "[\n" + out + ']';
}

std::string answer_or_null(const Access& access, const std::string& path) {
    const auto socket = socket_of(access);
    const auto answer = socket ? call_daemon(*socket, "GET", path, "", kPatience) : socket;
    return answer.value_or("null");
}

// Our own files alone; what else lies there is nobody's business.
std::string sizes(const std::string& folder) {
    std::string out;
    for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm", "mirrors.db", "mirrors.db-wal"}) {
        std::error_code absent;
        const auto bytes = std::filesystem::file_size(std::filesystem::path(folder) / name, absent);
        if (!absent) out += (out.empty() ? "" : ",") + agent::quoted(name) + ':' + std::to_string(bytes);
    }
    return '{' + out + '}';
}

// The lines that are numbers: `name{labels} value`.
std::string metrics(const Access& access) {
    const auto text = answer_or_null(access, "/metrics");
    if (text == "null") return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        if (!line.starts_with('#')) out += (out.empty() ? "  " : ",\n  ") + agent::quoted(line);
        at = end + 1;
    }
    return "[\n" + out + ']';
}

std::string bundle(const Access& access) {
    const auto config = agent::load_config(access.config_path);
    std::string out = "{\"made_at\":" + agent::quoted(to_rfc3339(SystemClock().wall()));
    out += ",\n\"version\":" + agent::quoted(agent::kVersion);
    out += ",\n\"schema\":" + std::to_string(storage::schema_version());
    out += ",\n\"health\":" + healthcheck(access, Duration::zero()).value_or("null");
    out += ",\n\"doctor\":" + findings(access);
    out += ",\n\"status\":" + answer_or_null(access, "/api/status");
    out += ",\n\"outages\":" + JournalAccess(access).outages().value_or("null");
    out += ",\n\"sizes\":" + (config ? sizes(config->data_folder) : "null");
    out += ",\n\"configuration\":" + configuration(access);
    out += ",\n\"metrics\":" + metrics(access);
    return out + "}\n";
}

}  // namespace

Result<std::string> write_support_bundle(const Access& access, const std::string& file) {
    const auto text = bundle(access);
    if (auto written = agent::write_safely(file, text, 0600, agent::OldMode::kReplaced); !written)
        return std::unexpected(written.error());
    return R"({"file":)" + agent::quoted(file) + R"(,"bytes":)" + std::to_string(text.size()) + '}';
}

std::string support_bundle_text(JsonView written) {
    return written.text("file") + " is written, for you alone. It is plain text: read it before you hand it on.\n";
}

}  // namespace tillkeeper::cli
