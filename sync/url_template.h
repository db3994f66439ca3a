// Addresses of a source: templates that are filled, and whether two addresses have one origin. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tillkeeper::sync {

// %XX (RFC 3986 section 2.1), whatever the byte.
void append_percent_encoded(std::string& out, char c);
// RFC 3986: everything but unreserved characters becomes %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);
// Each {name} becomes its value, percent-encoded, once: what a value contains is not filled again.
[[nodiscard]] std::string filled(std::string_view address,
                                 std::initializer_list<std::pair<std::string_view, std::string_view>> values);
// "https://host:port" in lower case, with the port said. Nothing: not an http or https address, or one with a user,
// white space or backslashes, about which programs disagree.
[[nodiscard]] std::optional<std::string> origin_of(std::string_view address);

}  // namespace tillkeeper::sync
