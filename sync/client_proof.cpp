#include "sync/client_proof.h"

#include <utility>

#include "sync/dpop_proof.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr Duration kAnswerTime = std::chrono::seconds(30);
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10;

}  // namespace

void append_field(std::string& form, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!form.empty()) form += '&';
    form.append(name).append("=").append(form_encode(value));
}

void append_wishes(std::string& form, const OAuthClient& client) {
    append_field(form, "scope", client.scope);
    append_field(form, "audience", client.token_audience);
    for (const auto& resource : client.resources) append_field(form, "resource", resource);
}

Result<ClientProof> ClientProof::make(const OAuthClient& client) {
    if (client.auth == ClientAuth::kMutualTls && !client.identity)
        return fail(ErrorCode::kInvalid, "a client that proves itself by certificate has none");
    ClientProof proof;
    auto used = proof.use(client, {.client_secret = client.client_secret,
                                   .private_key_pem = client.private_key_pem,
                                   .dpop_key_pem = client.dpop_key_pem});
    if (!used) return std::unexpected(used.error());
    return proof;
}

Result<bool> ClientProof::refresh(const OAuthClient& client) {
    if (!client.reread) return false;
    auto keys = client.reread();
    if (!keys) return std::unexpected(keys.error());
    const bool others = *keys != keys_;
    if (!others && !reopens_) return false;
    if (auto used = use(client, std::move(*keys)); !used) return std::unexpected(used.error());
    reopens_ = false;
    return others;
}

// All or nothing: what is written half-way is not used half-way.
Result<void> ClientProof::use(const OAuthClient& client, ClientKeys keys) {
    std::optional<SigningKey> assertion;
    if (client.auth == ClientAuth::kPrivateKeyJwt) {
        auto read = SigningKey::read(keys.private_key_pem);
        if (!read) return std::unexpected(read.error());
        assertion = std::move(*read);
    }
    std::optional<SigningKey> dpop;
    if (!keys.dpop_key_pem.empty()) {
        auto read = sync::dpop_key(keys.dpop_key_pem);
        if (!read) return std::unexpected(read.error());
        dpop = std::move(*read);
    }
    keys_ = std::move(keys);
    assertion_ = std::move(assertion);
    dpop_ = std::move(dpop);
    return {};
}

Result<HttpRequest> ClientProof::post(const OAuthClient& client, const Endpoint& endpoint, std::string form,
                                      WallTime now, Random& random) const {
    HttpRequest request;
    request.method = "POST";
    request.url = endpoint.url;
    request.body = std::move(form);
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"accept", "application/json"}};
    request.ca_file = endpoint.ca_file;
    request.total_timeout = kAnswerTime;
    request.response_bytes_max = kAnswerBytesMax;
    if (client.auth != ClientAuth::kClientSecretBasic) append_field(request.body, "client_id", client.client_id);
    if (auto proven = prove(client, request, now, random); !proven) return std::unexpected(proven.error());
    if (!endpoint.binds || !dpop_) return request;
    auto proof = dpop_proof({.method = request.method, .url = request.url, .token = {}, .nonce = endpoint.nonce},
                            *dpop_, now, random);
    if (!proof) return std::unexpected(proof.error());
    request.headers.emplace_back("dpop", std::move(*proof));
    return request;
}

Result<void> ClientProof::prove(const OAuthClient& client, HttpRequest& request, WallTime now, Random& random) const {
    switch (client.auth) {
        case ClientAuth::kNone:
        case ClientAuth::kPublic:
            return {};
        case ClientAuth::kClientSecretBasic:
            request.headers.emplace_back("authorization", basic_authorization(client.client_id, keys_.client_secret));
            return {};
        case ClientAuth::kClientSecretPost:
            append_field(request.body, "client_secret", keys_.client_secret);
            return {};
        case ClientAuth::kPrivateKeyJwt: {
            auto assertion = client_assertion(client, *assertion_, now, random);
            if (!assertion) return std::unexpected(assertion.error());
            append_field(request.body, "client_assertion_type", kAssertionType);
            append_field(request.body, "client_assertion", *assertion);
            return {};
        }
        case ClientAuth::kMutualTls: {
            auto read = client.identity();
            if (!read) return std::unexpected(read.error());
            request.identity = std::move(*read);
            return {};
        }
    }
    std::unreachable();
}

}  // namespace tillkeeper::sync
