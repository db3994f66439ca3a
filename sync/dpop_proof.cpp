#include "sync/dpop_proof.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "platform/ascii.h"
#include "platform/jws.h"
#include "sync/json_slices.h"
#include "sync/json_text.h"
#include "sync/url_template.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kWantsNonce = "use_dpop_nonce";

std::string hash_of(std::string_view token) {
    const Digest digest = sha256(token);
    return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

void add_claim(std::string& json, std::string_view name, std::string_view value) {
    json.append(",\"").append(name).append("\":");
    append_json_string(json, value);
}

}  // namespace

Result<SigningKey> dpop_key(const std::string& pem_or_uri) {
    auto key = SigningKey::read(pem_or_uri);
    if (key && key->algorithm() == "ES256") return key;
    return fail(ErrorCode::kInvalid, "dpop_key_file: " + (key ? "an RSA key" : key.error().message) +
                                         "; make one by openssl genpkey -algorithm EC -pkeyopt "
                                         "ec_paramgen_curve:P-256");
}

Result<std::string> dpop_proof(const DpopClaims& claims, const SigningKey& key, WallTime now, Random& random) {
    auto jwk = key.public_jwk();
    if (!jwk) return std::unexpected(jwk.error());
    std::array<std::uint8_t, 16> unique{};
    random.fill(unique);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::string json = "{\"jti\":\"" + to_hex(unique) + "\",\"iat\":" + std::to_string(seconds);
    add_claim(json, "htm", claims.method);
    add_claim(json, "htu", dpop_target(claims.url));
    if (!claims.token.empty()) add_claim(json, "ath", hash_of(claims.token));
    if (!claims.nonce.empty()) add_claim(json, "nonce", claims.nonce);
    json += '}';
    return signed_jws(key, R"({"typ":"dpop+jwt","alg":"ES256","jwk":)" + *jwk + '}', json);
}

std::string dpop_target(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const auto colon = std::min(url.find("://"), url.size());
    const std::string scheme = ascii_lower(url.substr(0, colon));
    const std::string_view rest = url.substr(std::min(colon + 3, url.size()));
    const auto end = std::min(rest.find('/'), rest.size());
    std::string_view authority = rest.substr(0, end);
    authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
    std::string host = ascii_lower(authority);
    const std::string_view usual = scheme == "https" ? ":443" : scheme == "http" ? ":80" : ":";
    if (host.ends_with(usual)) host.resize(host.size() - usual.size());
    const std::string_view path = rest.substr(end);
    return scheme + "://" + host + std::string(path.empty() ? "/" : path);
}

std::string_view dpop_nonce(const HttpResponse& response) {
    const auto nonce = response.header("dpop-nonce");
    // NQCHAR of RFC 6749, appendix A.
    const auto good = [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; };
    return nonce.size() <= kDpopNonceBytesMax && std::ranges::all_of(nonce, good) ? nonce : std::string_view();
}

bool wants_dpop_nonce(const HttpResponse& response) {
    if (dpop_nonce(response).empty()) return false;
    if (response.status == 400 && is_json(response.body))
        return json_string(json_member(trimmed(response.body), "error")) == kWantsNonce;
    // Where the word stands among the challenges does not matter: to repeat once is all that may come of it.
    return response.status == 401 && std::ranges::any_of(response.headers, [](const auto& header) {
               return header.first == "www-authenticate" && header.second.contains(kWantsNonce);
           });
}

void DpopNonce::learn(std::string_view url, const HttpResponse& response) {
    const auto nonce = dpop_nonce(response);
    auto origin = origin_of(url);
    if (nonce.empty() || !origin) return;
    origin_ = std::move(*origin);
    nonce_ = nonce;
}

std::string_view DpopNonce::of(std::string_view url) const {
    return origin_of(url) == origin_ ? std::string_view(nonce_) : std::string_view();
}

}  // namespace tillkeeper::sync
