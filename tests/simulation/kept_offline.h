// KeptOffline: people in the store who keep it off the network for a while, over the control socket's answers; and what
// they are told then, held against what leaves the box. [agent-36]
#pragma once

#include <string>

#include "tests/simulation/box.h"
#include "tests/simulation/promises.h"

namespace tillkeeper::simulation {

class KeptOffline {
  public:
    struct Parts {
        Schedule& schedule;
        Box& box;
        Promises& promises;
        Trace& trace;
    };
    explicit KeptOffline(Parts parts) : parts_(parts) {}

    void begin(std::chrono::seconds span);
    void end();

    // Anything leaves the box for the cloud. True: how it asked before says nothing of how it asks now.
    [[nodiscard]] bool sent(const std::string& url);
    // The retained status.
    void heard(const std::string& status);
    // Daemon, bus or disk are in trouble: what was told last may be old for a while.
    void disturbed() { told_since_.reset(); }
    void box_started();
    void box_died();
    // Now and then: what the store is told is so.
    void look();
    // By then it is over, whatever happened; in the past when it is.
    [[nodiscard]] Duration over_by() const { return over_by_; }

  private:
    void ask(const std::string& path, const std::string& body, std::function<void(const ServerResponse&)> then);
    void begun(const ServerResponse& answer, Duration asked_at, Duration ahead, std::chrono::seconds span);
    [[nodiscard]] Duration now() const { return parts_.schedule.clock.since_start(); }
    // How far the store's clock is ahead.
    [[nodiscard]] Duration clock_off() const;

    Parts parts_;
    // The box answered that it is kept offline, and nothing has happened since that makes it doubtful.
    Duration sure_since_{};
    Duration sure_until_{};
    std::string until_;  // as the answer says it; empty: another clock tells it otherwise
    Duration over_by_{};
    bool waits_ = false;   // for an answer
    bool settled_ = true;  // the last request got a clear one
    Duration longest_{};   // asked for in this story
    Duration clock_off_{};
    std::uint64_t boot_ = 0;  // that it began in
    Duration started_at_{};
    Duration known_over_{-1};  // the box lived then
    bool asked_anew_ = false;  // since the last request that left
    std::string told_state_;
    std::string told_until_;  // "": it is not kept offline
    std::optional<Duration> told_since_;
};

}  // namespace tillkeeper::simulation
