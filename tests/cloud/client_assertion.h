// Judges a client's signed assertion (private_key_jwt, RFC 7523): ES256 or RS256, by the client's public key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.h"
#include "tests/cloud/openssl_owned.h"

namespace tillkeeper::cloud {

// PEM of a public key. kInvalid for anything but P-256 and RSA.
[[nodiscard]] Result<Key> read_public_key(const std::string& file);

// RFC 4648, section 4 (padded) and section 5 (not padded); nothing for what is neither.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

struct Assertion {
    std::string issuer;
    std::string subject;
    std::vector<std::string> audience;
    std::string unique;        // jti
    std::int64_t expires = 0;  // seconds since 1970
    std::int64_t issued = 0;   // 0: not said
};

// The claims, before the signature is known to be right.
[[nodiscard]] Result<Assertion> read_assertion(std::string_view jwt);
[[nodiscard]] bool signature_holds(std::string_view jwt, EVP_PKEY* key);

}  // namespace tillkeeper::cloud
