// Ways to sign in that know no tokens: a name and a password (RFC 7617), or a key in a header.
#include <algorithm>
#include <array>
#include <string>

#include "agent/config/cloud_tables.h"
#include "platform/ascii.h"
#include "platform/crypto.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSecretBytesMax = 8192;
constexpr std::size_t kHeaderNameBytesMax = 64;
constexpr std::array<std::string_view, 14> kOurHeaders{"accept",           "connection",
                                                       "content-encoding", "content-length",
                                                       "content-type",     "dpop",
                                                       "expect",           "host",
                                                       "idempotency-key",  "te",
                                                       "traceparent",      "tracestate",
                                                       "upgrade",          "transfer-encoding"};

bool is_header_name(std::string_view name) {
    const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    return !name.empty() && name.size() <= kHeaderNameBytesMax && std::ranges::all_of(name, fine) &&
           !name.starts_with("proxy-") && std::ranges::find(kOurHeaders, name) == kOurHeaders.end();
}

// RFC 7617 section 2: UTF-8 without control characters.
bool is_text(std::string_view text) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return text.size() <= kSecretBytesMax && std::ranges::none_of(text, control);
}

bool is_visible(std::string_view text) {
    return is_text(text) && std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

HttpHeaders read_basic(TomlSection& s) {
    std::string username;
    std::string password;
    s.required("username", username);
    s.file("password_file", password, true, true);
    if (!is_text(username) || username.contains(':')) s.fault("username", "has a character that none may have");
    if (!is_text(password)) s.fault("password_file", "must hold one line of at most 8192 bytes");
    return {{"authorization", "Basic " + base64(username + ":" + password)}};
}

HttpHeaders read_api_key(TomlSection& s) {
    std::string header;
    std::string key;
    s.required("header", header);
    s.file("key_file", key, true, true);
    header = ascii_lower(header);
    if (!header.empty() && !is_header_name(header)) s.fault("header", "is no header field that a key may go in");
    if (!is_visible(key)) s.fault("key_file", "must hold one line of at most 8192 ASCII characters");
    return {{header, key}};
}

}  // namespace

void read_login(TomlSource& source, TomlSection& section, const TableName& table, sync::OAuthClient& out) {
    read_oauth(source, section, table, out);
    const auto read = [&](std::string_view key, HttpHeaders (*headers_of)(TomlSection&)) {
        const auto* node = section.take(key);
        if (node == nullptr) return;
        const std::string full = table.kind + "." + std::string(key);
        if (!node->is_table()) return section.fault(key, "must be a table, [" + full + "]");
        TomlSection s(source, node->as_table(), full);
        auto headers = headers_of(s);
        s.no_others();
        if (out.auth != sync::ClientAuth::kNone || !out.secret_header.empty())
            return section.fault(key, "one of oauth, basic and api_key is enough; remove the others");
        out.secret_header = std::move(headers);
    };
    read("basic", read_basic);
    read("api_key", read_api_key);
}

}  // namespace tillkeeper::agent
