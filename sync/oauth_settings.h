// OAuthClient: what the configuration says of a client, and where it signs in. A value.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "platform/http.h"
#include "platform/result.h"

namespace tillkeeper::sync {

class StoredLogin;

// kMutualTls: by the certificate of the TLS handshake (RFC 8705 section 2), whoever signed it. kPublic: not at all, it
// says its client_id (RFC 6749 section 2.1); only for a box that a person enrolled. kNone: there is no login.
enum class ClientAuth : std::uint8_t {
    kNone,
    kClientSecretBasic,
    kClientSecretPost,
    kPrivateKeyJwt,
    kMutualTls,
    kPublic,
};

// What a client proves itself with.
struct ClientKeys {
    std::string client_secret{};
    std::string private_key_pem{};
    std::string dpop_key_pem{};
    bool operator==(const ClientKeys&) const = default;
};

struct OAuthClient {
    ClientAuth auth = ClientAuth::kNone;
    std::string token_url;
    std::string client_id;
    std::string client_secret;             // kClientSecretBasic, kClientSecretPost
    std::string private_key_pem;           // kPrivateKeyJwt
    std::string key_id;                    // "kid" of the assertion; may be empty
    std::string scope;                     // may be empty
    std::string audience;                  // of the assertion; the token_url when empty
    std::string token_audience{};          // the parameter `audience` of the token request; may be empty
    std::vector<std::string> resources{};  // the parameter `resource`, once for each (RFC 8707)
    std::string issuer{};                  // instead of token_url: asked where tokens are got (RFC 8414); is_issuer()
    std::string dpop_key_pem{};            // beside any auth: what tokens are bound to (RFC 9449); may be empty
    HttpHeaders secret_header{};  // kNone: what goes with each request to the service in place of a token; may be empty
    // kMutualTls: reads certificate and key, called for each renewal. Any thread.
    std::function<Result<TlsIdentity>()> identity{};
    // Reads secret and keys again, called for each renewal; may be empty. Any thread.
    std::function<Result<ClientKeys>()> reread{};
    // The grant is a refresh token, of the login of this name; empty: client credentials.
    std::string login{};
    StoredLogin* stored = nullptr;           // that login, where tokens are got with it; outlives everything
    std::string device_authorization_url{};  // where a box is enrolled, without issuer; may be empty
};

}  // namespace tillkeeper::sync
