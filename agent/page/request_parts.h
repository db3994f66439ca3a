// What stands in the head of a request. Pure.
#pragma once

#include <string_view>

#include "platform/http_server.h"

namespace tillkeeper::agent {

// The first header of that name (given in lower case), at most 1,000 bytes of it; "" where there is none.
[[nodiscard]] std::string_view header(const ServerRequest& request, std::string_view name);
// The first cookie of that name; "" where there is none.
[[nodiscard]] std::string_view cookie(const ServerRequest& request, std::string_view name);

// Without spaces and tabs around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);
// What stands before the separator, trimmed; it is taken out of `rest` with the separator.
[[nodiscard]] std::string_view next_part(std::string_view& rest, char separator);

}  // namespace tillkeeper::agent
