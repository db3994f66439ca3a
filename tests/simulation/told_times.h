// ToldTimes: what clouds are told about the time of a sale, held against when it really was. [sync-8]
#pragma once

#include "tests/e2e/json.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

class ToldTimes {
  public:
    ToldTimes(const VirtualClock& clock, Promises& promises) : clock_(clock), promises_(promises) {}

    void event(const lab::Json& event);
    // Whether the box can know the time from now on.
    void trust(bool trusted);
    // From now on a clock is believed that is wrong: nobody can tell any more.
    void misled() { misled_ = true; }

  private:
    void check_corrected(const lab::Json& event, const Sale& sale);
    void near(const std::string& time, Duration first, Duration last, const char* what);

    const VirtualClock& clock_;
    Promises& promises_;
    bool misled_ = false;
    std::optional<Duration> trusted_since_ = Duration{};
};

}  // namespace tillkeeper::simulation
