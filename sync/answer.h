// Answer: what a destination's HTTP response means. Pure; the wall time is an argument.
//
// There are four kinds and nothing else:
//   delivered     2xx
//   unauthorised  401: renew the token, then again
//   rejected      a 4xx that speaks about the content: the batch is split until the guilty one stands alone
//   again         everything else: transport failures, 408, 425, 429, 5xx - and also 3xx (a redirect is not a
//                 delivery) and 403, 404, 405, 410: they speak about login and address, not about the content, and a
//                 wrong address must not turn a backlog into held ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/clock.h"
#include "platform/http.h"

namespace tillkeeper::sync {

enum class AnswerKind : std::uint8_t { kDelivered, kAgain, kUnauthorised, kRejected };

inline constexpr Duration kRetryAfterMax = std::chrono::hours(1);

struct Answer {
    AnswerKind kind = AnswerKind::kAgain;
    std::string reason{};  // plain words, e.g. "HTTP 503", "redirected (HTTP 302)"; bounded
    std::string cause{};   // of the contract's causes: by_staff, no_route, no_dns, captive_portal, tls, login, service;
                           // "" if none
    std::optional<Duration> retry_after{};  // what the service asks for, at most kRetryAfterMax
    // kAgain that the content of this very request may have caused: splitting the batch may help. Never true where
    // no connection came about or where the service asks for patience.
    bool suspicious = false;
    bool too_many = false;  // 429: the service is there and asks for fewer requests
};

[[nodiscard]] Answer classify(const HttpResponse& response, WallTime now);

// Seconds or an HTTP-date (IMF-fixdate); nothing when it is neither. Not below 0, not above kRetryAfterMax.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view text, WallTime now);

// `text` without control characters and at most `bytes_max` long: services write whatever they like.
[[nodiscard]] std::string plain_words(std::string_view text, std::size_t bytes_max = 300);

}  // namespace tillkeeper::sync
