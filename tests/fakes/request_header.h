// What a request says in one of its headers.
#pragma once

#include <string>
#include <string_view>

#include "platform/http.h"

namespace tillkeeper::fakes {

// `name` as it was given: in lower case with all that we send. "" where there is none.
[[nodiscard]] inline std::string header_of(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name) return value;
    return {};
}

}  // namespace tillkeeper::fakes
