// Pace: how a client asks while nobody can be reached, judged by its gaps alone: spread out, so that a fleet does not
// come in step, and neither hammering nor asleep.
#pragma once

#include <string>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::simulation {

class Pace {
  public:
    void asked(Duration now) { asked_.push_back(now); }
    // Somebody was reached, or the client has died: a new outage begins anew.
    void reset() { asked_.clear(); }
    // What is wrong with it so far, or "". Of an honest client it says something wrong less than once in a billion.
    [[nodiscard]] std::string fault() const;

  private:
    std::vector<Duration> asked_;
};

}  // namespace tillkeeper::simulation
