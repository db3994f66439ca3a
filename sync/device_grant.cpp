#include "sync/device_grant.h"

#include <algorithm>

#include "sync/json_slices.h"
#include "sync/oauth_discovery.h"
#include "sync/token_answer.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kCodeBytesMax = 4096;
constexpr std::size_t kUserCodeBytesMax = 64;
constexpr std::int64_t kLifetimeMaxSeconds = 3600;
constexpr std::int64_t kIntervalMaxSeconds = 60;
constexpr Duration kSlowDown = std::chrono::seconds(5);  // RFC 8628 section 3.5

bool is_visible(std::string_view text, std::size_t bytes_max) {
    return !text.empty() && text.size() <= bytes_max &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F; });
}

}  // namespace

Result<DeviceCodes> read_device_codes(std::string_view body) {
    if (!is_json(body)) return fail(ErrorCode::kInvalid, "the device authorization endpoint answers no JSON");
    const auto document = trimmed(body);
    const auto text = [&](std::string_view name) { return json_string(json_member(document, name)).value_or(""); };
    DeviceCodes codes{.device_code = text("device_code"),
                      .user_code = text("user_code"),
                      .address = text("verification_uri"),
                      .complete_address = text("verification_uri_complete")};
    if (!is_visible(codes.device_code, kCodeBytesMax)) return fail(ErrorCode::kInvalid, "its device_code is missing");
    if (!is_visible(codes.user_code, kUserCodeBytesMax)) return fail(ErrorCode::kInvalid, "its user_code is missing");
    if (!is_https_address(codes.address))
        return fail(ErrorCode::kInvalid, "its verification_uri is missing, or no https address");
    // It only saves typing.
    if (!is_https_address(codes.complete_address)) codes.complete_address.clear();
    const auto lifetime = json_integer(json_member(document, "expires_in")).value_or(0);
    if (lifetime <= 0) return fail(ErrorCode::kInvalid, "its expires_in is missing");
    codes.lifetime = std::chrono::seconds(std::min(lifetime, kLifetimeMaxSeconds));
    if (const auto interval = json_integer(json_member(document, "interval")))
        codes.interval = std::chrono::seconds(std::clamp<std::int64_t>(*interval, 1, kIntervalMaxSeconds));
    return codes;
}

PollStep DevicePolling::wait_from(MonotonicTime now) {
    next_ = now + interval_;
    return next_ < expires_ ? PollStep::kWait : PollStep::kExpired;
}

PollStep DevicePolling::heard(const HttpResponse& response, MonotonicTime now) {
    if (response.failure == TransportFailure::kNone && response.status == 200) return PollStep::kGranted;
    const std::string error = response.failure == TransportFailure::kNone ? error_in(response) : std::string();
    if (error == "access_denied") return PollStep::kDenied;
    if (error == "expired_token") return PollStep::kExpired;
    if (error == "slow_down") interval_ += kSlowDown;
    // A network that is away, and a server that is busy or restarts, may be back in time.
    const bool passes = response.failure != TransportFailure::kNone || response.status >= 500 ||
                        response.status == 408 || response.status == 429;
    if (passes && response.failure == TransportFailure::kTimeout) interval_ *= 2;  // RFC 8628 section 3.5
    if (passes || error == "slow_down" || error == "authorization_pending") return wait_from(now);
    return PollStep::kFailed;
}

}  // namespace tillkeeper::sync
