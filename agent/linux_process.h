// LinuxProcess: a Daemon on Linux: four threads, the signals that end it, and its two local servers.
#pragma once

#include <memory>

#include "agent/config/config.h"

namespace tillkeeper::agent {

class LinuxProcess {
  public:
    // As Daemon::make; opens the page's port and the control socket as well.
    [[nodiscard]] static Result<std::unique_ptr<LinuxProcess>> make(Config config);
    virtual ~LinuxProcess() = default;

    // Until SIGTERM or SIGINT, on the calling thread and three others. Afterwards everything accepted is safe.
    [[nodiscard]] virtual Result<void> run() = 0;
};

}  // namespace tillkeeper::agent
