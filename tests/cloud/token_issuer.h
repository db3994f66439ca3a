// The token endpoint: OAuth 2 client credentials, by client_secret_basic or client_secret_post (RFC 6749, 2.3.1) or
// private_key_jwt (RFC 7523), for short-lived opaque tokens; by tls_client_auth where the cloud demands certificates: a
// client is then the common name of its certificate, and its tokens are bound to that (RFC 8705).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "tests/cloud/client_assertion.h"
#include "tests/cloud/http_message.h"
#include "tests/cloud/ledger.h"

namespace tillkeeper::cloud {

class TokenIssuer {
  public:
    explicit TokenIssuer(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

    void add_client(std::string id, std::string secret) { secrets_[std::move(id)] = std::move(secret); }
    void add_client(std::string id, Key key) { keys_[std::move(id)] = std::move(key); }

    [[nodiscard]] Answer grant(const Request& request);
    // `authorization` as in the header: "Bearer …".
    [[nodiscard]] bool accepts(const Request& request) const;
    // No token that was given is accepted any more.
    void revoke_all() { tokens_.clear(); }
    [[nodiscard]] std::uint64_t granted() const { return granted_; }

  private:
    using Steady = std::chrono::steady_clock;

    [[nodiscard]] bool knows_secret(std::string_view authorization) const;
    [[nodiscard]] bool is_secret_of(const std::string& client, const std::string& secret) const;
    // "" or what is wrong with it.
    [[nodiscard]] std::string judge(std::string_view jwt, const Request& request);
    [[nodiscard]] bool used_before(const Assertion& assertion, std::int64_t now);
    [[nodiscard]] Answer new_token(const PeerCertificate& bound_to);

    std::chrono::milliseconds lifetime_;
    ByText<std::string> secrets_;
    ByText<Key> keys_;
    struct Token {
        Steady::time_point until;
        std::string thumbprint;  // of the certificate it is bound to; "": whoever bears it
    };
    ByText<Token> tokens_;
    ByText<std::int64_t> used_;  // assertions: client and jti, until when (seconds since 1970)
    std::uint64_t granted_ = 0;
};

}  // namespace tillkeeper::cloud
