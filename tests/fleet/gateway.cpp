#include "tests/fleet/gateway.h"

#include <algorithm>
#include <string>

namespace tillkeeper::fleet {
namespace {

constexpr int kWindowS = 10;  // a sliding one, of the quota of all

}  // namespace

Gateway::Gateway(GatewayLimits limits, std::size_t stores)
    : limits_(limits), all_{.tokens = limits.per_second}, stores_(stores, {.tokens = limits.store_per_second}) {}

bool Gateway::take(Bucket& bucket, double per_second, MonotonicTime now) {
    const double filled = std::chrono::duration<double>(now - bucket.filled).count() * per_second;
    bucket.tokens = std::min(per_second, bucket.tokens + filled);
    bucket.filled = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
}

void Gateway::tell(HttpResponse& response, std::size_t store) {
    const auto size = static_cast<std::int64_t>(limits_.per_second * kWindowS);
    const auto left = std::max<std::int64_t>(size - static_cast<std::int64_t>(taken_.size()), 0);
    const auto of_store = static_cast<std::int64_t>(limits_.store_per_second);
    const auto left_to_store = static_cast<std::int64_t>(stores_[store].tokens);
    const std::string window = std::to_string(kWindowS);
    response.headers.emplace_back("ratelimit", "\"store\";r=" + std::to_string(left_to_store) +
                                                   ";t=1, \"all\";r=" + std::to_string(left) + ";t=" + window);
    response.headers.emplace_back("ratelimit-policy", "\"store\";q=" + std::to_string(of_store) +
                                                          ";w=1, \"all\";q=" + std::to_string(size) + ";w=" + window);
}

HttpResponse Gateway::serve(std::size_t store, MonotonicTime now) {
    while (!taken_.empty() && taken_.front() <= now - std::chrono::seconds(kWindowS)) taken_.pop_front();
    HttpResponse response;
    const bool room = take(stores_[store], limits_.store_per_second, now) && take(all_, limits_.per_second, now);
    response.status = room ? 202 : 429;
    if (room)
        taken_.push_back(now);
    else
        response.headers.emplace_back("retry-after", "1");
    if (limits_.tells) tell(response, store);
    return response;
}

}  // namespace tillkeeper::fleet
