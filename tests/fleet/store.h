// Store: how one of the fleet brings its backlog to the ERP, by the policies of sync/ and in the order of its Delivery:
// Backoff between probes, read_answer's classify(), read_quota(), Pace. What it leaves out is what takes time and
// decides nothing here: the journal, the bytes, the tills.
#pragma once

#include <array>
#include <cstdint>

#include "platform/clock.h"
#include "platform/http.h"
#include "sync/backoff.h"
#include "sync/pace.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::fleet {

inline constexpr std::int64_t kBatch = 200;
inline constexpr std::size_t kLanes = 2;

struct StorePolicy {
    bool paced = true;  // false: as it would be without Pace; Retry-After holds all the same
    Duration reconnect_spread = std::chrono::seconds(30);
};

class Store {
  public:
    // Its outage began at `cut`; it looks for its end from `now` on.
    Store(std::uint64_t seed, std::int64_t sales, StorePolicy policy, MonotonicTime cut, MonotonicTime now);

    // A lane that may send now; kLanes when none may. Then sent() says how many sales leave.
    [[nodiscard]] std::size_t ready(MonotonicTime now) const;
    void sent(std::size_t lane, MonotonicTime now);
    void answered(std::size_t lane, const HttpResponse& response, MonotonicTime now);

    // When ready() may say otherwise than at `now`, if nothing is answered before.
    [[nodiscard]] MonotonicTime next_try() const;
    [[nodiscard]] bool done() const { return left_ == 0 && in_flight() == 0; }
    [[nodiscard]] std::int64_t requests_needed() const { return 1 + (left_ - 1 + kBatch - 1) / kBatch; }
    [[nodiscard]] Random& random() { return random_; }

  private:
    struct Lane {
        std::int64_t in_flight = 0;
        sync::Backoff backoff;
        MonotonicTime not_before{};
    };
    [[nodiscard]] std::int64_t in_flight() const;
    [[nodiscard]] MonotonicTime allowed() const;

    fakes::SeededRandom random_;
    StorePolicy policy_;
    sync::Pace pace_;
    std::int64_t left_;
    std::array<Lane, kLanes> lanes_;
    bool outage_ = true;
    bool waiting_ = true;
    MonotonicTime asked_off_{};  // without Pace
};

}  // namespace tillkeeper::fleet
