// The token endpoint: OAuth 2 client credentials, by client_secret_basic or client_secret_post (RFC 6749, 2.3.1) or
// private_key_jwt (RFC 7523), for short-lived opaque tokens; by tls_client_auth where the cloud demands certificates: a
// client is then the common name of its certificate, and its tokens are bound to that (RFC 8705). Where proofs of
// possession are demanded, tokens are bound to the key of the proof (RFC 9449).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tests/cloud/client_assertion.h"
#include "tests/cloud/dpop_judge.h"
#include "tests/cloud/http_message.h"
#include "tests/cloud/ledger.h"

namespace tillkeeper::cloud {

class TokenIssuer {
  public:
    explicit TokenIssuer(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

    void add_client(std::string id, std::string secret) { secrets_[std::move(id)] = std::move(secret); }
    void add_client(std::string id, Key key) { keys_[std::move(id)] = std::move(key); }

    // Each request needs a proof, with a nonce that the token endpoint and the services each choose for themselves.
    void demand_dpop() { dpop_.emplace(); }

    [[nodiscard]] Answer grant(const Request& request);
    // What a service answers to a request without a token that counts; nothing when it has one.
    [[nodiscard]] std::optional<Answer> refusal(const Request& request);
    // Adds what each answer of a service carries.
    void finish(Answer& answer) const;
    // No token that was given is accepted any more, and no nonce.
    void revoke_all();
    [[nodiscard]] std::uint64_t granted() const { return granted_; }

  private:
    using Steady = std::chrono::steady_clock;

    [[nodiscard]] bool knows_secret(std::string_view authorization) const;
    [[nodiscard]] bool is_secret_of(const std::string& client, const std::string& secret) const;
    // "" or what is wrong with it.
    [[nodiscard]] std::string judge(std::string_view jwt, const Request& request);
    [[nodiscard]] bool used_before(const Assertion& assertion, std::int64_t now);
    [[nodiscard]] Answer new_token(const PeerCertificate& bound_to, const std::string& key);
    [[nodiscard]] bool holds(std::string_view token, const Request& request, const std::string& key) const;

    std::chrono::milliseconds lifetime_;
    ByText<std::string> secrets_;
    ByText<Key> keys_;
    struct Token {
        Steady::time_point until;
        std::string thumbprint;  // of the certificate it is bound to; "": whoever bears it
        std::string key;         // the same of the key
    };
    struct Dpop {
        DpopJudge at_tokens;
        DpopJudge at_services;
    };
    std::optional<Dpop> dpop_;
    ByText<Token> tokens_;
    ByText<std::int64_t> used_;  // assertions: client and jti, until when (seconds since 1970)
    std::uint64_t granted_ = 0;
};

}  // namespace tillkeeper::cloud
