#include "sync/oauth_client.h"

#include <cjson/cJSON.h>

#include <utility>

#include "platform/ascii.h"
#include "platform/log.h"
#include "sync/answer.h"
#include "sync/oauth_discovery.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr Duration kLifetimeUnsaid = std::chrono::minutes(5);  // expires_in is only recommended
constexpr std::size_t kTokenBytesMax = 16384;
constexpr std::size_t kMetadataBytesMax = std::size_t{256} << 10;
constexpr Duration kAnswerTime = std::chrono::seconds(30);
constexpr Duration kEndpointKept = std::chrono::hours(24);

struct Grant {
    std::string token;
    std::string type = "Bearer";  // required (RFC 6749 section 5.1), and left out by some who mean this one
    Duration lifetime = kLifetimeUnsaid;
};

Result<Grant> read_grant(const std::string& body) {
    struct Free {
        void operator()(cJSON* json) const { cJSON_Delete(json); }
    };
    const std::unique_ptr<cJSON, Free> json(cJSON_ParseWithLength(body.data(), body.size()));
    const cJSON* token = cJSON_GetObjectItemCaseSensitive(json.get(), "access_token");
    if (cJSON_IsString(token) == 0 || *token->valuestring == '\0')
        return fail(ErrorCode::kInvalid, "the token endpoint's answer has no access_token");
    Grant grant{.token = token->valuestring};
    // It becomes a header line.
    for (const char c : grant.token)
        if (c <= 0x20 || c >= 0x7F)
            return fail(ErrorCode::kInvalid, "the access_token has characters that none may have");
    if (grant.token.size() > kTokenBytesMax) return fail(ErrorCode::kLimit, "the access_token is too long");
    if (const cJSON* type = cJSON_GetObjectItemCaseSensitive(json.get(), "token_type"); type != nullptr)
        grant.type = cJSON_IsString(type) != 0 ? type->valuestring : "";
    const cJSON* life = cJSON_GetObjectItemCaseSensitive(json.get(), "expires_in");
    if (cJSON_IsNumber(life) != 0 && life->valuedouble >= 0 && life->valuedouble < 1e9)
        grant.lifetime = std::chrono::seconds(static_cast<std::int64_t>(life->valuedouble));
    return grant;
}

// `login` only where the token endpoint itself said no; else why it could not say anything: the network, its own fault,
// or that it asks for patience.
std::string cause_of_denial(const HttpResponse& response, const Answer& answer) {
    if (response.failure != TransportFailure::kNone || answer.cause == "captive_portal") return answer.cause;
    const bool patience = response.status == 408 || response.status == 425 || response.status == 429;
    return response.status >= 400 && response.status < 500 && !patience ? "login" : "service";
}

}  // namespace

OAuthWallet::OAuthWallet(OAuthClient client, std::string ca_file, SyncParts& sync, std::function<void()> changed,
                         Keys keys)
    : client_(std::move(client)),
      ca_file_(std::move(ca_file)),
      sync_(sync),
      changed_(std::move(changed)),
      keys_(std::move(keys)) {}

Result<std::unique_ptr<OAuthWallet>> OAuthWallet::make(OAuthClient client, std::string ca_file, SyncParts& sync,
                                                       std::function<void()> changed) {
    if (client.auth == ClientAuth::kMutualTls && !client.identity)
        return fail(ErrorCode::kInvalid, "a client that proves itself by certificate has none");
    Keys keys;
    if (client.auth == ClientAuth::kPrivateKeyJwt) {
        auto read = SigningKey::from_pem(client.private_key_pem);
        if (!read) return std::unexpected(read.error());
        keys.assertion = std::move(*read);
    }
    if (!client.dpop_key_pem.empty()) {
        auto read = dpop_key(client.dpop_key_pem);
        if (!read) return std::unexpected(read.error());
        keys.dpop = std::move(*read);
    }
    return std::unique_ptr<OAuthWallet>(
        new OAuthWallet(std::move(client), std::move(ca_file), sync, std::move(changed), std::move(keys)));
}

bool OAuthWallet::ready() {
    if (client_.auth == ClientAuth::kNone) return true;
    const MonotonicTime now = sync_.clock.monotonic();
    if (policy_.should_ask(now)) ask();
    return policy_.usable(now);
}

void OAuthWallet::refused(std::uint64_t generation) {
    if (client_.auth == ClientAuth::kNone) return;
    policy_.refused(generation, sync_.clock.monotonic(), sync_.random);
    if (policy_.failing()) {
        fresh_refused_ = true;
        cause_ = "login";
        reason_ = "the service refuses a fresh token";
    }
}

void OAuthWallet::worked(std::uint64_t generation) {
    policy_.worked(generation);
    if (policy_.failing()) return;
    fresh_refused_ = false;
    cause_.clear();
    reason_.clear();
}

void OAuthWallet::retry_now() {
    policy_.retry_now(sync_.clock.monotonic());
}

MonotonicTime OAuthWallet::next_change() const {
    return client_.auth == ClientAuth::kNone ? MonotonicTime::max() : policy_.next_change();
}

Result<HttpRequest> OAuthWallet::token_request() const {
    HttpRequest request;
    request.method = "POST";
    request.url = client_.token_url;
    request.body = "grant_type=client_credentials";
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) request.body.append("&").append(name).append("=").append(form_encode(value));
    };
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"accept", "application/json"}};
    request.ca_file = ca_file_;
    request.total_timeout = kAnswerTime;
    request.response_bytes_max = std::size_t{64} << 10;
    add("scope", client_.scope);
    add("audience", client_.token_audience);
    for (const auto& resource : client_.resources) add("resource", resource);
    if (client_.auth != ClientAuth::kClientSecretBasic) add("client_id", client_.client_id);
    if (auto proven = prove(request); !proven) return std::unexpected(proven.error());
    if (!keys_.dpop) return request;
    auto proof =
        dpop_proof({.method = request.method, .url = request.url, .token = {}, .nonce = token_nonce_.of(request.url)},
                   *keys_.dpop, sync_.clock.wall(), sync_.random);
    if (!proof) return std::unexpected(proof.error());
    request.headers.emplace_back("dpop", std::move(*proof));
    return request;
}

Result<void> OAuthWallet::prove(HttpRequest& request) const {
    switch (client_.auth) {
        case ClientAuth::kNone:
            return {};
        case ClientAuth::kClientSecretBasic:
            request.headers.emplace_back("authorization",
                                         basic_authorization(client_.client_id, client_.client_secret));
            return {};
        case ClientAuth::kClientSecretPost:
            request.body += "&client_secret=" + form_encode(client_.client_secret);
            return {};
        case ClientAuth::kPrivateKeyJwt: {
            auto assertion = client_assertion(client_, *keys_.assertion, sync_.clock.wall(), sync_.random);
            if (!assertion) return std::unexpected(assertion.error());
            request.body += "&client_assertion_type=" + form_encode(kAssertionType) + "&client_assertion=" + *assertion;
            return {};
        }
        case ClientAuth::kMutualTls: {
            auto read = client_.identity();
            if (!read) return std::unexpected(read.error());
            request.identity = std::move(*read);
            return {};
        }
    }
    std::unreachable();
}

void OAuthWallet::ask() {
    policy_.asked();
    nonce_taken_ = false;
    const bool looks_up = !client_.issuer.empty() && sync_.clock.monotonic() >= endpoint_until_;
    return looks_up ? ask_metadata(0, "") : ask_token();
}

void OAuthWallet::ask_metadata(std::size_t which, const std::string& faults) {
    HttpRequest request;
    request.url = metadata_addresses(client_.issuer)[which];
    request.headers = {{"accept", "application/json"}};
    request.ca_file = ca_file_;
    request.total_timeout = kAnswerTime;
    request.response_bytes_max = kMetadataBytesMax;
    call_ = sync_.http.send(std::move(request), [this, which, faults](const HttpResponse& response) {
        const auto ended = std::move(call_);
        on_metadata(which, faults, response);
        if (!call_) changed_();
    });
}

void OAuthWallet::on_metadata(std::size_t which, std::string faults, const HttpResponse& response) {
    const Answer answer = classify(response, sync_.clock.wall());
    const bool answered = response.failure == TransportFailure::kNone;
    if (answer.kind == AnswerKind::kDelivered) {
        auto endpoint = token_endpoint(response.body, client_.issuer, client_.auth == ClientAuth::kMutualTls);
        if (endpoint) {
            client_.token_url = std::move(*endpoint);
            endpoint_until_ = sync_.clock.monotonic() + kEndpointKept;
            return ask_token();
        }
        faults += endpoint.error().message;
    } else {
        faults += answered ? "HTTP " + std::to_string(response.status) : answer.reason;
    }
    if (answered && which == 0) return ask_metadata(1, faults + "; ");
    if (!client_.token_url.empty()) return ask_token();  // where it was until now
    const bool network = !answered || answer.cause == "captive_portal";
    deny(network ? answer.cause : "service", "no metadata of the issuer: " + faults, answer.retry_after);
}

void OAuthWallet::ask_token() {
    auto request = token_request();
    if (!request) return deny("login", request.error().message, {});
    asked_as_ = request->identity;
    call_ = sync_.http.send(std::move(*request), [this](const HttpResponse& response) {
        const auto ended = std::move(call_);
        on_response(response);
        if (!call_) changed_();
    });
}

void OAuthWallet::deny(std::string cause, std::string reason, std::optional<Duration> retry_after) {
    policy_.denied(sync_.clock.monotonic(), sync_.random, retry_after);
    endpoint_until_ = {};
    if (reason_ != reason) log(LogLevel::kWarning, "login failed", {{"client", client_.client_id}, {"reason", reason}});
    cause_ = std::move(cause);
    reason_ = std::move(reason);
}

void OAuthWallet::on_response(const HttpResponse& response) {
    if (keys_.dpop) {
        token_nonce_.learn(client_.token_url, response);
        if (wants_dpop_nonce(response) && !std::exchange(nonce_taken_, true)) return ask_token();
    }
    const Answer answer = classify(response, sync_.clock.wall());
    // Its body may repeat what we sent: only the status is shown.
    if (answer.kind != AnswerKind::kDelivered) {
        const bool network = response.failure != TransportFailure::kNone;
        return deny(cause_of_denial(response, answer),
                    network ? answer.reason : "the token endpoint says HTTP " + std::to_string(response.status),
                    answer.retry_after);
    }
    auto grant = read_grant(response.body);
    if (!grant) return deny("service", grant.error().message, {});
    // RFC 9449 section 5: another type is bound to no key. RFC 6749 section 7.1: nobody uses a type it does not know.
    if (ascii_lower(grant->type) != (keys_.dpop ? "dpop" : "bearer"))
        return deny("login",
                    keys_.dpop ? "the token endpoint binds no token to the key of dpop_key_file: token_type is not DPoP"
                               : "the token endpoint gives no Bearer token; one of type DPoP takes dpop_key_file",
                    {});
    policy_.granted(grant->lifetime, sync_.clock.monotonic(), sync_.random);
    token_ = std::move(grant->token);
    identity_ = std::move(asked_as_);
    if (fresh_refused_) return;
    cause_.clear();
    reason_.clear();
}

}  // namespace tillkeeper::sync
