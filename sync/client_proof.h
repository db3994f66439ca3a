// ClientProof: how a client proves who it is at the endpoints of its authorization server: by secret (RFC 6749 section
// 2.3.1), signed assertion (RFC 7523), certificate (RFC 8705) or not at all, and beside it the key that tokens are
// bound to (RFC 9449). Thread: the one that made it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/crypto.h"
#include "platform/http.h"
#include "platform/random.h"
#include "sync/oauth_settings.h"

namespace tillkeeper::sync {

class ClientProof {
  public:
    // kInvalid when a key cannot be read.
    [[nodiscard]] static Result<ClientProof> make(const OAuthClient& client);

    // Reads secret and keys again where the client can. What cannot be used changes nothing, and is an error that says
    // why. True: they are others now.
    [[nodiscard]] Result<bool> refresh(const OAuthClient& client);

    // A key could not sign: its token was pulled out, and comes back as another. The next refresh() opens it again.
    void reopen() { reopens_ = true; }

    struct Endpoint {
        const std::string& url;
        const std::string& ca_file;
        bool binds = false;        // what is asked for there is bound to the key, where there is one
        std::string_view nonce{};  // that the server gave last, for that
    };
    // The request that sends `form` to an endpoint, proven; with an identity where that is the proof.
    [[nodiscard]] Result<HttpRequest> post(const OAuthClient& client, const Endpoint& endpoint, std::string form,
                                           WallTime now, Random& random) const;
    // What tokens are bound to, if to anything.
    [[nodiscard]] const std::optional<SigningKey>& dpop_key() const { return dpop_; }

  private:
    ClientProof() = default;
    [[nodiscard]] Result<void> use(const OAuthClient& client, ClientKeys keys);
    [[nodiscard]] Result<void> prove(const OAuthClient& client, HttpRequest& request, WallTime now,
                                     Random& random) const;

    ClientKeys keys_;
    bool reopens_ = false;
    std::optional<SigningKey> assertion_;
    std::optional<SigningKey> dpop_;
};

// RFC 6749 2.3.1 with appendix B: id and secret are form-urlencoded before they are put together.
[[nodiscard]] std::string basic_authorization(std::string_view client_id, std::string_view client_secret);
// application/x-www-form-urlencoded.
[[nodiscard]] std::string form_encode(std::string_view text);
// A further "name=value", of what is not empty.
void append_field(std::string& form, std::string_view name, std::string_view value);
// What is asked for, beside the grant: scope, audience and each resource.
void append_wishes(std::string& form, const OAuthClient& client);
// RFC 7523: a signed assertion that lives for five minutes.
[[nodiscard]] Result<std::string> client_assertion(const OAuthClient& client, const SigningKey& key, WallTime now,
                                                   Random& random);

}  // namespace tillkeeper::sync
