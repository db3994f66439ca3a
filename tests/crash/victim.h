// The daemon as a victim: started without waiting, so that it can be killed before it is ready.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "tests/e2e/agent.h"

namespace tillkeeper::crash {

class Victim {
  public:
    // `agent` wrote the configuration into `folder` and outlives the victim; it must not run at the same time.
    Victim(const lab::Agent& agent, std::filesystem::path folder) : agent_(agent), folder_(std::move(folder)) {}

    // Returns at once.
    [[nodiscard]] Result<void> start();
    // Until it accepts transactions; kUnavailable with its log when it ends or does not get there.
    [[nodiscard]] Result<void> wait_ready(std::chrono::milliseconds limit);
    // Lets it live that long; kUnavailable with its log when it ends by itself.
    [[nodiscard]] Result<void> live(std::chrono::milliseconds span);
    void kill() { process_.reset(); }
    // SIGTERM; the exit status.
    int stop();

  private:
    [[nodiscard]] std::unexpected<Error> ended() const;

    const lab::Agent& agent_;
    std::filesystem::path folder_;
    std::optional<lab::Process> process_;
};

}  // namespace tillkeeper::crash
