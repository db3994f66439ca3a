// What an authorization server says of itself: where it gives tokens, and where it lets boxes in (RFC 8414, OpenID
// Connect Discovery 1.0). Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::sync {

// https, a host, and nothing that breaks out of a line. No fragment (RFC 6749 section 3.2).
[[nodiscard]] bool is_https_address(std::string_view url);
// An issuer is a URL of https without query and fragment (RFC 8414 section 2).
[[nodiscard]] bool is_issuer(std::string_view url);
// Where its metadata may lie, in the order to ask: RFC 8414 section 3, then OpenID Connect Discovery section 4.
[[nodiscard]] std::array<std::string, 2> metadata_addresses(std::string_view issuer);
// The token endpoint that such a document names; for clients with a certificate the one that is for them, if there is
// one (RFC 8705 section 5). kInvalid, and never believed: another issuer than the one that was asked (RFC 8414
// section 3.3), an endpoint without https. The error repeats nothing of the document.
[[nodiscard]] Result<std::string> token_endpoint(std::string_view metadata, std::string_view issuer, bool mutual_tls);
// The same for the device authorization endpoint (RFC 8628 section 4).
[[nodiscard]] Result<std::string> device_endpoint(std::string_view metadata, std::string_view issuer, bool mutual_tls);

}  // namespace tillkeeper::sync
