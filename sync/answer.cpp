#include "sync/answer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tillkeeper::sync {
namespace {

using namespace std::chrono;

std::string_view cause_of(TransportFailure failure) {
    switch (failure) {
        case TransportFailure::kByStaff:
            return "by_staff";
        case TransportFailure::kNoRoute:
            return "no_route";
        case TransportFailure::kNoDns:
            return "no_dns";
        case TransportFailure::kTls:
            return "tls";
        default:
            return "service";
    }
}

// Where no connection came about the content cannot be at fault. A service that breaks off, stays silent or
// answers without end may well choke on what we sent.
bool content_may_cause(TransportFailure failure) {
    return failure == TransportFailure::kTimeout || failure == TransportFailure::kBroken ||
           failure == TransportFailure::kTooLarge;
}

Answer transport_failed(const HttpResponse& response) {
    return {.kind = AnswerKind::kAgain,
            .reason = response.failure_text.empty() ? "no answer" : plain_words(response.failure_text),
            .cause = std::string(cause_of(response.failure)),
            .retry_after = {},
            .suspicious = content_may_cause(response.failure)};
}

bool speaks_of_address(int status) {
    return status == 404 || status == 405 || status == 410;
}

Answer again(int status, std::string_view cause, std::optional<Duration> retry_after) {
    const bool patience = status == 425 || status == 429 || status == 511 || retry_after.has_value();
    const std::string_view redirected = status >= 300 && status < 400 ? "redirected, " : "";
    return {.kind = AnswerKind::kAgain,
            .reason = std::string(redirected) + "HTTP " + std::to_string(status),
            .cause = std::string(cause),
            .retry_after = retry_after,
            .suspicious = !patience,
            .too_many = status == 429};
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return {};
    return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the only form that may be sent today (RFC 9110, 5.6.7).
std::optional<WallTime> parse_http_date(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(26) != "GMT") return {};
    const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
    const auto d = number(text.substr(5, 2)), y = number(text.substr(12, 4));
    const auto h = number(text.substr(17, 2)), m = number(text.substr(20, 2)), s = number(text.substr(23, 2));
    if (month == kMonths.end() || !d || !y || !h || !m || !s) return {};
    const auto index = static_cast<unsigned>(month - kMonths.begin()) + 1;
    const auto date = year(*y) / std::chrono::month(index) / day(static_cast<unsigned>(*d));
    if (!date.ok()) return {};
    return WallTime(sys_days(date)) + hours(*h) + minutes(*m) + seconds(*s);
}

}  // namespace

std::string plain_words(std::string_view text, std::size_t bytes_max) {
    std::string words(text.substr(0, bytes_max));
    // A cut must not leave half a character behind.
    if (words.size() < text.size())
        while (!words.empty() && (static_cast<unsigned char>(text[words.size()]) & 0xC0U) == 0x80U) words.pop_back();
    std::replace_if(words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    return words;
}

std::optional<Duration> parse_retry_after(std::string_view text, WallTime now) {
    if (text.empty()) return {};
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        const auto asked = number(text);  // nothing: so many digits that it overflows
        return asked ? std::min<Duration>(seconds(*asked), kRetryAfterMax) : kRetryAfterMax;
    }
    const auto date = parse_http_date(text);
    if (!date) return {};
    return std::clamp<Duration>(*date - now, Duration::zero(), kRetryAfterMax);
}

Answer classify(const HttpResponse& response, WallTime now) {
    if (response.failure != TransportFailure::kNone) return transport_failed(response);
    const int status = response.status;
    if (status >= 200 && status < 300) return {.kind = AnswerKind::kDelivered, .reason = {}, .cause = {}};
    if (status == 401) return {.kind = AnswerKind::kUnauthorised, .reason = "HTTP 401", .cause = "login"};
    if (status == 403) return again(status, "login", {});
    if (status == 511) return again(status, "captive_portal", {});
    const auto retry_after = parse_retry_after(response.header("retry-after"), now);
    const bool patience = status == 408 || status == 425 || status == 429;
    if (patience || speaks_of_address(status)) return again(status, "service", retry_after);
    if (status >= 400 && status < 500) {
        std::string reason = "HTTP " + std::to_string(status);
        if (!response.body.empty()) reason += ": " + plain_words(response.body);
        return {.kind = AnswerKind::kRejected, .reason = std::move(reason), .cause = {}};
    }
    return again(status, "service", retry_after);
}

}  // namespace tillkeeper::sync
