// What a token endpoint answers (RFC 6749 section 5). Pure.
#pragma once

#include <string>
#include <string_view>

#include "platform/clock.h"
#include "platform/http.h"
#include "platform/result.h"

namespace tillkeeper::sync {

struct TokenGrant {
    std::string token;
    std::string type = "Bearer";  // required (RFC 6749 section 5.1), and left out by some who mean this one
    Duration lifetime = std::chrono::minutes(5);  // expires_in is only recommended
};

// kInvalid and kLimit: no access_token that could become a header line. The error repeats nothing of the body.
[[nodiscard]] Result<TokenGrant> read_grant(const std::string& body);
// The refresh token that came along. Empty: none, or one that none may be (RFC 6749 appendix A.17).
[[nodiscard]] std::string refresh_token_in(const std::string& body);
// The word `error` of a refusal (RFC 6749 section 5.2). Empty: it says none. To compare with, not to show.
[[nodiscard]] std::string error_in(const HttpResponse& response);
// RFC 9449 section 5: another type is bound to no key. RFC 6749 section 7.1: nobody uses a type it does not know.
// kInvalid says which setting would fit.
[[nodiscard]] Result<void> check_type(const TokenGrant& grant, bool bound_to_key);

}  // namespace tillkeeper::sync
