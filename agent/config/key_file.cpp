#include "agent/config/key_file.h"

#include <algorithm>
#include <span>

#include "agent/config/secret_file.h"
#include "platform/crypto.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kKeyBytes = 32;

Error not_keys() {
    return {ErrorCode::kInvalid,
            "must hold 32 bytes, or 64 hex digits (openssl rand -hex 32) on each of at most 4 lines"};
}

// "" when it is none.
std::string read_hex(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    if (text.size() != 2 * kKeyBytes || text.find_first_not_of(kHex) != std::string_view::npos) return {};
    std::string key;
    for (std::size_t i = 0; i < text.size(); i += 2)
        key += static_cast<char>(kHex.find(text[i]) << 4 | kHex.find(text[i + 1]));
    return key;
}

std::string hex_line(const std::string& key) {
    return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(key.data()), key.size())) + '\n';
}

}  // namespace

Result<storage::BodyKeys> parse_keys(std::string_view content) {
    if (content.size() == kKeyBytes) return storage::BodyKeys{.current = std::string(content), .older = {}};
    storage::BodyKeys keys;
    std::size_t lines = 0;
    while (!content.empty()) {
        const auto end = std::min(content.find('\n'), content.size());
        auto line = content.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        std::string key = read_hex(line);
        if (key.empty() || ++lines > kJournalKeysMax) return std::unexpected(not_keys());
        if (lines == 1)
            keys.current = std::move(key);
        else
            keys.older.push_back(std::move(key));
        content.remove_prefix(std::min(end + 1, content.size()));
    }
    if (lines == 0) return std::unexpected(not_keys());
    return keys;
}

Result<storage::BodyKeys> read_key_file(const std::string& path) {
    auto content = read_config_file(path, true);
    if (!content) return std::unexpected(std::move(content.error()));
    auto keys = parse_keys(*content);
    if (!keys) return fail(keys.error().code, path + ' ' + keys.error().message);
    return keys;
}

std::string key_file_text(const storage::BodyKeys& keys) {
    std::string text = hex_line(keys.current);
    for (const auto& key : keys.older) text += hex_line(key);
    return text;
}

}  // namespace tillkeeper::agent
