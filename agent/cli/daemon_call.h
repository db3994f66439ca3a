// Asks the running daemon over its control socket, and waits.
#pragma once

#include <functional>
#include <string>

#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper::cli {

inline constexpr Duration kLongPatience = std::chrono::minutes(10);  // verify reads the whole journal

// The JSON that the daemon answered with 200. kUnavailable: nobody listens there, or answers in time. Otherwise the
// error in its words.
[[nodiscard]] Result<std::string> call_daemon(const std::string& socket, const std::string& method,
                                              const std::string& path_and_query, const std::string& body = "",
                                              Duration patience = kLongPatience);

// The same with GET, asking GET `beside` now and then until the answer is there; `told` gets what that answers.
[[nodiscard]] Result<std::string> call_daemon_beside(const std::string& socket, const std::string& path,
                                                     const std::string& beside,
                                                     const std::function<void(const std::string&)>& told);

// Between two questions.
void wait_for(Duration time);

// For a query string (RFC 3986): everything but unreserved characters as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace tillkeeper::cli
