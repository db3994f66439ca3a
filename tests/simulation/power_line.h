// PowerLine: the line of a UPS that says when the power is about to fail, over the control socket's answers; and what
// is taken afterwards, held against what was answered. [agent-104]
#pragma once

#include <optional>
#include <string>

#include "tests/simulation/box.h"
#include "tests/simulation/promises.h"

namespace tillkeeper::simulation {

class PowerLine {
  public:
    struct Parts {
        Schedule& schedule;
        Box& box;
        Promises& promises;
        Trace& trace;
    };
    explicit PowerLine(Parts parts) : parts_(parts) {}

    void fails();
    void is_back();

    // A till hears what became of what it handed over.
    void answered(const Told& told);
    // The retained status.
    void heard(const std::string& status);
    // Daemon, bus or disk are in trouble: what was told last may be old for a while.
    void disturbed() { told_since_.reset(); }
    void box_started();
    // Now and then: what the store is told is so.
    void look();
    // Tills may be refused for it at this moment.
    [[nodiscard]] bool may_be_closed() const { return now() < open_by_; }
    // From then on sales are taken, as far as it goes.
    [[nodiscard]] Duration open_by() const { return open_by_; }

  private:
    void ask(bool failing, std::function<void(const ServerResponse&)> then);
    [[nodiscard]] Duration now() const { return parts_.schedule.clock.since_start(); }

    Parts parts_;
    std::uint64_t word_ = 0;  // the newest that the box was told
    // The box answered that it is closed; nothing that is handed over in between may be taken.
    Duration closed_since_{};
    Duration closed_until_{};
    std::int64_t newest_ = 0;  // in the journal when the box said that all is safe; 0: it did not
    Duration open_by_{};
    bool told_accepting_ = true;
    std::optional<Duration> told_since_;
};

}  // namespace tillkeeper::simulation
