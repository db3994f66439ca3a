// Asks the running daemon over its control socket, and waits.
#pragma once

#include <string>

#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper::cli {

// The JSON that the daemon answered with 200. kUnavailable: nobody listens there. Otherwise the error in its words.
[[nodiscard]] Result<std::string> call_daemon(const std::string& socket, const std::string& method,
                                              const std::string& path_and_query, const std::string& body = "");

// Between two questions.
void wait_for(Duration time);

// For a query string (RFC 3986): everything but unreserved characters as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace tillkeeper::cli
