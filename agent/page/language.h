// Which language a request is answered in. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/http_server.h"

namespace tillkeeper::agent {

// "de" for "de", "de-AT", "DE"; nothing for what the page does not speak.
[[nodiscard]] std::optional<std::string_view> known_language(std::string_view tag);
// Its own name: "Deutsch".
[[nodiscard]] std::string_view language_name(std::string_view language);

// What a person chose (?lang=, then the cookie of an earlier choice), else what the browser prefers (Accept-Language
// with its q values), else `configured`, else English.
[[nodiscard]] std::string_view language_of(const ServerRequest& request, std::string_view configured);
// The Set-Cookie that keeps a choice made by this request for a year, if it made one. It says the language only.
[[nodiscard]] std::optional<std::string> language_cookie(const ServerRequest& request);

}  // namespace tillkeeper::agent
