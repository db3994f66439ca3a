// What an answer's jq program gets to read: {"status","headers","body"}.
#pragma once

#include <string>
#include <string_view>

#include "platform/http.h"

namespace tillkeeper::sync {

// `json`: the body as JSON; "": it is none, and becomes a string.
[[nodiscard]] std::string answer_input(const HttpResponse& response, std::string_view json);

}  // namespace tillkeeper::sync
