#include "tests/cloud/token_issuer.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace tillkeeper::cloud {
namespace {

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::int64_t kAssertionLifeSecondsMax = 3600;
constexpr std::int64_t kClockLeewaySeconds = 60;

bool starts_with_scheme(std::string_view authorization, std::string_view scheme) {
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    return authorization.size() > scheme.size() && authorization[scheme.size()] == ' ' &&
           std::equal(scheme.begin(), scheme.end(), authorization.begin(), same);
}

Answer invalid_client(std::string_view why, bool by_header) {
    Answer answer = error_answer(401, "invalid_client", why);
    if (by_header) answer.headers.emplace_back("www-authenticate", "Basic realm=\"simulated cloud\"");
    return answer;
}

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Answer TokenIssuer::grant(const Request& request) {
    if (request.method != "POST") return error_answer(405, "invalid_request", "POST only");
    if (!request.content_type.starts_with("application/x-www-form-urlencoded"))
        return error_answer(400, "invalid_request", "the body must be a form");
    const std::string grant_type = form_value(request.body, "grant_type");
    if (grant_type.empty()) return error_answer(400, "invalid_request", "grant_type is missing");
    const std::string assertion = form_value(request.body, "client_assertion");
    const std::string secret = form_value(request.body, "client_secret");
    const bool by_header = !request.authorization.empty();
    if (by_header + !assertion.empty() + !secret.empty() > 1)
        return error_answer(400, "invalid_request", "more than one way of client authentication");
    if (by_header && !knows_secret(request.authorization)) return invalid_client("unknown client or secret", true);
    if (!secret.empty() && !is_secret_of(form_value(request.body, "client_id"), secret))
        return invalid_client("unknown client or secret", false);
    const bool by_certificate = !by_header && secret.empty() && assertion.empty() && !request.certificate.name.empty();
    if (by_certificate && form_value(request.body, "client_id") != request.certificate.name)
        return invalid_client("the certificate is another client's", false);
    if (!by_header && secret.empty() && !by_certificate) {
        if (form_value(request.body, "client_assertion_type") != kAssertionType)
            return invalid_client("no client authentication", false);
        if (const std::string why = judge(assertion, request); !why.empty()) return invalid_client(why, false);
    }
    if (grant_type != "client_credentials")
        return error_answer(400, "unsupported_grant_type", "client_credentials only");
    if (!dpop_) return new_token(request.certificate, "");
    const auto verdict = dpop_->at_tokens.judge(request, "", seconds_now());
    Answer answer = verdict.error.empty() ? new_token(request.certificate, verdict.thumbprint)
                                          : error_answer(400, verdict.error, verdict.why);
    answer.headers.emplace_back("dpop-nonce", dpop_->at_tokens.nonce());
    return answer;
}

bool TokenIssuer::knows_secret(std::string_view authorization) const {
    constexpr std::string_view kScheme = "Basic";
    if (!starts_with_scheme(authorization, kScheme)) return false;
    const auto pair = base64_decode(authorization.substr(kScheme.size() + 1));
    const std::size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return false;
    // Both are form-urlencoded before base64: the step that clients forget.
    return is_secret_of(form_decode(std::string_view(*pair).substr(0, colon)),
                        form_decode(std::string_view(*pair).substr(colon + 1)));
}

bool TokenIssuer::is_secret_of(const std::string& client, const std::string& secret) const {
    const auto found = secrets_.find(client);
    return found != secrets_.end() && found->second == secret;
}

std::string TokenIssuer::judge(std::string_view jwt, const Request& request) {
    const auto assertion = read_assertion(jwt);
    if (!assertion) return assertion.error().message;
    const std::string client = form_value(request.body, "client_id");
    if (assertion->issuer != assertion->subject || (!client.empty() && client != assertion->subject))
        return "iss, sub and client_id differ";
    const auto key = keys_.find(assertion->subject);
    if (key == keys_.end() || !signature_holds(jwt, key->second.get())) return "unknown client or wrong signature";
    const std::string here = "https://" + request.authority;
    const auto is_us = [&](const std::string& audience) { return audience == here || audience == here + request.path; };
    if (std::none_of(assertion->audience.begin(), assertion->audience.end(), is_us)) return "aud is not us";
    const std::int64_t now = seconds_now();
    if (assertion->expires <= now) return "expired";
    if (assertion->expires > now + kAssertionLifeSecondsMax) return "exp is too far away";
    if (assertion->issued > now + kClockLeewaySeconds) return "iat is in the future";
    if (assertion->unique.empty()) return "jti is missing";
    return used_before(*assertion, now) ? "jti was used before" : "";
}

bool TokenIssuer::used_before(const Assertion& assertion, std::int64_t now) {
    std::erase_if(used_, [now](const auto& entry) { return entry.second <= now; });
    return !used_.try_emplace(assertion.subject + '\n' + assertion.unique, assertion.expires).second;
}

Answer TokenIssuer::new_token(const PeerCertificate& bound_to, const std::string& key) {
    const auto now = Steady::now();
    std::erase_if(tokens_, [now](const auto& entry) { return entry.second.until <= now; });
    const std::string token = random_text();
    tokens_[token] = {now + lifetime_, bound_to.thumbprint, key};
    ++granted_;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(lifetime_).count();
    Answer answer =
        json_answer(200, "{\"access_token\":\"" + token + "\",\"token_type\":\"" + (key.empty() ? "Bearer" : "DPoP") +
                             "\",\"expires_in\":" + std::to_string(seconds) + "}\n");
    answer.headers.emplace_back("cache-control", "no-store");
    return answer;
}

bool TokenIssuer::holds(std::string_view token, const Request& request, const std::string& key) const {
    const auto found = tokens_.find(token);
    if (found == tokens_.end() || Steady::now() >= found->second.until || found->second.key != key) return false;
    return found->second.thumbprint.empty() || found->second.thumbprint == request.certificate.thumbprint;
}

std::optional<Answer> TokenIssuer::refusal(const Request& request) {
    const std::string_view scheme = dpop_ ? "DPoP" : "Bearer";
    const std::string_view token = starts_with_scheme(request.authorization, scheme)
                                       ? std::string_view(request.authorization).substr(scheme.size() + 1)
                                       : std::string_view();
    std::string error = "invalid_token";
    std::string why;
    std::string key;
    if (dpop_ && !token.empty()) {
        auto verdict = dpop_->at_services.judge(request, token, seconds_now());
        if (!verdict.error.empty()) error = std::move(verdict.error);
        why = std::move(verdict.why);
        key = std::move(verdict.thumbprint);
    }
    if (holds(token, request, key)) return {};
    Answer answer = error_answer(401, error, why);
    answer.headers.emplace_back("www-authenticate",
                                std::string(scheme) + " realm=\"simulated cloud\", error=\"" + error + '"');
    return answer;
}

void TokenIssuer::finish(Answer& answer) const {
    if (dpop_) answer.headers.emplace_back("dpop-nonce", dpop_->at_services.nonce());
}

void TokenIssuer::revoke_all() {
    tokens_.clear();
    if (!dpop_) return;
    dpop_->at_tokens.forget_nonces();
    dpop_->at_services.forget_nonces();
}

}  // namespace tillkeeper::cloud
