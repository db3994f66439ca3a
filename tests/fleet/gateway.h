// Gateway: what stands before the one ERP of a whole fleet, and knows of stores what real ones know: a token bucket per
// client, and one in all. What it has no budget for it refuses with 429 and Retry-After; and it tells its quotas.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "platform/clock.h"
#include "platform/http.h"

namespace tillkeeper::fleet {

struct GatewayLimits {
    double per_second = 500;       // of all; the budget of a second may be used at once
    double store_per_second = 20;  // of one client, likewise
    bool tells = true;             // RateLimit and RateLimit-Policy
};

class Gateway {
  public:
    Gateway(GatewayLimits limits, std::size_t stores);

    [[nodiscard]] HttpResponse serve(std::size_t store, MonotonicTime now);

  private:
    struct Bucket {
        double tokens = 0;
        MonotonicTime filled{};
    };
    [[nodiscard]] static bool take(Bucket& bucket, double per_second, MonotonicTime now);
    void tell(HttpResponse& response, std::size_t store);

    GatewayLimits limits_;
    Bucket all_;
    std::vector<Bucket> stores_;
    std::deque<MonotonicTime> taken_;  // of the last ten seconds: what it counts for its fields
};

}  // namespace tillkeeper::fleet
