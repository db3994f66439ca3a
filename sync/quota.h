// Quota: what a service says beside an answer about how much more it will take. Pure.
//
// Read are RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-09: `"all";r=50;t=30`,
// `"all";q=100;w=60`) and the older RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset (seconds from now). Of
// several the tightest counts. What breaks the grammar (RFC 9651), names no number, counts another unit than requests,
// or would have us wait for more than a month (a date, where seconds are due) is ignored: a field that nobody can read
// limits nobody.
#pragma once

#include <optional>

#include "platform/clock.h"
#include "platform/http.h"

namespace tillkeeper::sync {

struct Quota {
    Duration pause{};              // nothing is left: nothing leaves before that is over; at most kRetryAfterMax
    Duration gap{};                // between two requests, so that what is left lasts; at most kRetryAfterMax
    Duration holds{};              // for how long `gap` holds
    std::optional<double> left{};  // share of the quota, 0 to 1, where its size is told
};

inline constexpr std::size_t kQuotaFieldMax = 1024;  // bytes of a field's line; a longer one is ignored
inline constexpr std::size_t kQuotaItemsMax = 8;     // further ones are ignored

[[nodiscard]] Quota read_quota(const HttpHeaders& headers);

}  // namespace tillkeeper::sync
