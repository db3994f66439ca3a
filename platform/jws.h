// A JSON Web Signature in its compact form (RFC 7515): header.payload.signature. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/crypto.h"

namespace tillkeeper {

// Both are signed byte for byte as they are given; the header says the key's own algorithm.
[[nodiscard]] Result<std::string> signed_jws(const SigningKey& key, std::string_view header, std::string_view payload);

struct JwsParts {
    std::string_view header;  // base64url, like the next
    std::string_view payload;
    std::string_view signed_text;
    std::string_view signature;  // base64url
};

// Nothing for a text that has not three parts. What they are worth is another question.
[[nodiscard]] std::optional<JwsParts> split_jws(std::string_view jws);

}  // namespace tillkeeper
