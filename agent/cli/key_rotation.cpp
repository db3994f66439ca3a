#include "agent/cli/key_rotation.h"

#include "agent/bus_access/safe_file.h"
#include "agent/cli/daemon_call.h"
#include "agent/config/key_file.h"
#include "platform/password_hash.h"

namespace tillkeeper::cli {
namespace {

constexpr Duration kBetweenLooks = std::chrono::milliseconds(250);
constexpr std::size_t kKeyBytes = 32;

Result<void> write_keys(const std::string& file, const storage::BodyKeys& keys) {
    auto written = agent::write_safely(file, agent::key_file_text(keys), 0600);
    if (written) return written;
    return fail(ErrorCode::kInvalid,
                written.error().message +
                    "; if it is a credential: put the new key into its source as the first line, the old one as the "
                    "second, and restart the daemon; it seals everything anew by itself");
}

Result<std::string> wait_until_sealed(const std::string& socket, const Told& told) {
    while (true) {
        auto status = key_status(socket);
        if (!status) return status;
        const JsonDocument document(*status);
        if (keys_are_fine(document.root())) return status;
        if (document.root().at("error").exists()) return fail(ErrorCode::kUnavailable, document.root().text("error"));
        told("sealing anew", document.root().number("resealed_up_to"), document.root().number("newest"));
        wait_for(kBetweenLooks);
    }
}

}  // namespace

Result<std::string> key_status(const std::string& socket) {
    return call_daemon(socket, "GET", "/keys");
}

Result<std::string> rotate_key(const std::string& socket, const std::string& key_file, const Told& told) {
    if (key_file.empty())
        return fail(ErrorCode::kInvalid, "journal.key_file is missing in the configuration: bodies are not sealed");
    if (auto reached = key_status(socket); !reached) return reached;
    auto keys = agent::read_key_file(key_file);
    if (!keys) return std::unexpected(keys.error());
    if (keys->older.empty()) {
        auto made = random_bytes(kKeyBytes);
        if (!made) return made;
        keys->older.push_back(std::exchange(keys->current, *made));
        if (auto written = write_keys(key_file, *keys); !written) return std::unexpected(written.error());
    }
    if (auto told_daemon = call_daemon(socket, "POST", "/keys/reload", "{}"); !told_daemon) return told_daemon;
    if (auto sealed = wait_until_sealed(socket, told); !sealed) return sealed;
    keys->older.clear();
    if (auto written = write_keys(key_file, *keys); !written) return std::unexpected(written.error());
    return call_daemon(socket, "POST", "/keys/reload", "{}");
}

bool keys_are_fine(JsonView keys) {
    return keys.is_true("sealed") && keys.number("older_needed") == 0 && !keys.is_true("plain");
}

std::string keys_text(JsonView keys) {
    if (!keys.is_true("sealed"))
        return "Bodies are NOT sealed: set journal.key_file (openssl rand -hex 32) and restart the daemon.\n";
    std::string out = "Sealed with the key " + keys.text("current") + ".\n";
    if (!keys_are_fine(keys))
        out += "Being sealed anew: " + std::to_string(keys.number("resealed_up_to")) + " of " +
               std::to_string(keys.number("newest")) + "; until then the older lines of the key file are needed.\n";
    else if (keys.number("keys") > 1)
        out +=
            "No body needs an older key: strike the further lines of the key file (tillkeeper key rotate does it).\n";
    if (keys.at("error").exists()) out += "It does not go on: " + keys.text("error") + '\n';
    return out;
}

}  // namespace tillkeeper::cli
