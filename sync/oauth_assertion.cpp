// How a client proves who it is at the token endpoint.
#include <array>

#include "sync/client_proof.h"
#include "sync/json_text.h"

namespace tillkeeper::sync {

std::string form_encode(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '*';
        if (plain) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            out += '%';
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        }
    }
    return out;
}

std::string basic_authorization(std::string_view client_id, std::string_view client_secret) {
    return "Basic " + base64(form_encode(client_id) + ":" + form_encode(client_secret));
}

Result<std::string> client_assertion(const OAuthClient& client, const SigningKey& key, WallTime now, Random& random) {
    constexpr std::int64_t kLifeSeconds = 300;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::array<std::uint8_t, 16> unique{};
    random.fill(unique);
    std::string header = "{\"alg\":\"" + std::string(key.algorithm()) + "\",\"typ\":\"JWT\"";
    if (!client.key_id.empty()) {
        header += ",\"kid\":";
        append_json_string(header, client.key_id);
    }
    header += "}";
    std::string claims = "{\"iss\":";
    append_json_string(claims, client.client_id);
    claims += ",\"sub\":";
    append_json_string(claims, client.client_id);
    claims += ",\"aud\":";
    append_json_string(claims, client.audience.empty() ? client.token_url : client.audience);
    claims += ",\"jti\":\"" + to_hex(unique) + "\",\"iat\":" + std::to_string(seconds) +
              ",\"exp\":" + std::to_string(seconds + kLifeSeconds) + "}";
    std::string input = base64url(header) + "." + base64url(claims);
    auto signature = key.sign(input);
    if (!signature) return std::unexpected(signature.error());
    return input + "." + base64url(*signature);
}

}  // namespace tillkeeper::sync
