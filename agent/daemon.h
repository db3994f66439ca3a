// Daemon: the parts of tillkeeperd put together on their three loops, from start to a clean end.
//
//   till loop     the bus, the page           (the thread that calls run())
//   journal loop  the writer                  (never blocks anybody else)
//   sync loop     destinations, control socket
#pragma once

#include <memory>

#include "agent/config/config.h"

namespace tillkeeper::agent {

class Daemon {
  public:
    // Opens the journal and makes every part; nothing is accepted yet. Errors say what, where and what to do.
    [[nodiscard]] static Result<std::unique_ptr<Daemon>> make(Config config);
    virtual ~Daemon() = default;

    // Until SIGTERM or SIGINT. Afterwards everything accepted is safe.
    [[nodiscard]] virtual Result<void> run() = 0;
};

}  // namespace tillkeeper::agent
