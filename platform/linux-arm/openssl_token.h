// Private keys that never leave their token. Any thread.
#pragma once

#include <string>

#include "platform/linux-arm/openssl_parts.h"
#include "platform/result.h"

namespace tillkeeper::openssl {

// As OpenSSL calls what reads tokens.
inline constexpr const char* kTokenEngine = "pkcs11";

// Whether it is installed. It is loaded then, for the rest of the process.
[[nodiscard]] bool has_tokens();

// By a URI of RFC 7512. kInvalid: there is no engine for tokens, no such token or key, or its PIN is wrong.
[[nodiscard]] Result<Key> token_key(const std::string& uri);

}  // namespace tillkeeper::openssl
