// ToldState: what the store is told on the retained status, held against what is so. [agent-8]
#pragma once

#include <optional>
#include <string>

#include "tests/simulation/promises.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

class ToldState {
  public:
    ToldState(const VirtualClock& clock, Promises& promises) : clock_(clock), promises_(promises) {}

    void heard(const std::string& status);
    // An answer left for a till.
    void answered(const std::string& answer);
    // Daemon, bus or disk are in trouble: what was told last may be old for a while.
    void disturbed() { state_.clear(); }
    // No request gets to the cloud until then; zero: they do.
    void cut_off(Duration until);
    // At any time: while nothing gets to the cloud and something waits, nobody says that all is well.
    void look();
    // What a person sees in the queue, when nothing moves.
    [[nodiscard]] bool agrees(std::size_t quarantined, std::size_t held) const;

  private:
    void check_forecast(const lab::Json& status);
    [[nodiscard]] bool something_waits(Duration from, Duration to) const;

    const VirtualClock& clock_;
    Promises& promises_;
    std::string state_;      // empty: nothing was told since the last trouble
    Duration told_since_{};  // since then
    bool accepting_ = true;
    std::int64_t quarantined_ = 0;
    std::int64_t held_ = 0;
    Duration not_accepting_at_{-1};       // told so last
    std::optional<Duration> full_since_;  // tills hear storage_full, and nothing else
    Duration cut_since_{};
    Duration cut_until_{};
};

}  // namespace tillkeeper::simulation
