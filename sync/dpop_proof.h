// Proofs of possession (RFC 9449, DPoP): a token that is bound to a key is taken only beside a proof, made for that one
// request, that whoever sends it has the key. Pure.
#pragma once

#include <string>
#include <string_view>

#include "platform/clock.h"
#include "platform/crypto.h"
#include "platform/http.h"
#include "platform/random.h"
#include "platform/result.h"

namespace tillkeeper::sync {

inline constexpr std::size_t kDpopNonceBytesMax = 1024;

// A key on curve P-256, as SigningKey::read(). kInvalid says what else it is, and how one is made.
[[nodiscard]] Result<SigningKey> dpop_key(const std::string& pem_or_uri);

struct DpopClaims {
    std::string_view method;
    std::string_view url;      // of the request, as it is sent
    std::string_view token{};  // that goes with it; empty at the token endpoint
    std::string_view nonce{};  // that the server gave last; may be empty
};
// The header `DPoP` of one request (section 4.2): never used twice. `key` is one of dpop_key().
[[nodiscard]] Result<std::string> dpop_proof(const DpopClaims& claims, const SigningKey& key, WallTime now,
                                             Random& random);

// The address as a proof names it: without user, query and fragment; scheme and host in lower case, without a port that
// goes without saying, and "/" for no path (RFC 3986 sections 6.2.2.1 and 6.2.3), as servers compare it (section 4.3).
[[nodiscard]] std::string dpop_target(std::string_view url);

// The nonce that a response brings. Empty: none, or one that none may be (section 8.1), or longer than
// kDpopNonceBytesMax.
[[nodiscard]] std::string_view dpop_nonce(const HttpResponse& response);
// The request is to come once more with the nonce that is brought: said by a token endpoint in a body (section 8), by a
// service in WWW-Authenticate (section 9).
[[nodiscard]] bool wants_dpop_nonce(const HttpResponse& response);

// The last nonce of a server. A nonce is its origin's own, and shown to nobody else (section 8.2).
class DpopNonce {
  public:
    void learn(std::string_view url, const HttpResponse& response);
    [[nodiscard]] std::string_view of(std::string_view url) const;

  private:
    std::string origin_;
    std::string nonce_;
};

}  // namespace tillkeeper::sync
