// How a client proves who it is at the token endpoint.
#include <array>

#include "platform/ascii.h"
#include "platform/jws.h"
#include "sync/client_proof.h"
#include "sync/json_text.h"
#include "sync/url_template.h"

namespace tillkeeper::sync {

std::string form_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_ascii_alnum(c) || c == '-' || c == '_' || c == '.' || c == '*')
            out += c;
        else if (c == ' ')
            out += '+';
        else
            append_percent_encoded(out, c);
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
    return signed_jws(key, header, claims);
}

}  // namespace tillkeeper::sync
