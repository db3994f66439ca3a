// Passwords: random ones, and the slow hashes under which they are kept. From the system's OpenSSL; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper {

// From the system's strong source.
[[nodiscard]] Result<std::string> random_bytes(std::size_t count);

// PBKDF2 (RFC 8018) with HMAC-SHA-512: 64 bytes.
[[nodiscard]] Result<std::string> pbkdf2_sha512(std::string_view password, std::string_view salt, int iterations);
// The same with HMAC-SHA-256: 32 bytes.
[[nodiscard]] Result<std::string> pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations);

}  // namespace tillkeeper
