// The agent under test: tillkeeperd with a configuration file of its own, and the command line beside it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/agent_config.h"
#include "tests/e2e/fetch.h"
#include "tests/e2e/json.h"
#include "tests/e2e/process.h"

namespace tillkeeper::lab {

class Agent {
  public:
    // Writes FOLDER/tillkeeper.toml. Fills in what `setup` leaves open: the data folder, the page's port, the socket.
    [[nodiscard]] static Result<Agent> make(const std::filesystem::path& folder, AgentSetup setup);

    // Starts and returns when it accepts transactions.
    [[nodiscard]] Result<void> start();
    // Starts and returns at once, ready or not.
    [[nodiscard]] Result<void> launch();
    // Until it accepts transactions; kUnavailable with its log when it ends or does not get there.
    [[nodiscard]] Result<void> wait_ready(std::chrono::milliseconds limit);
    // SIGKILL at once.
    void kill() { process_.reset(); }
    // SIGTERM. The exit status; -1 when it did not run.
    int stop();
    [[nodiscard]] bool running() { return process_ && process_->running(); }

    // The status of /healthz; 0 when nobody answers.
    [[nodiscard]] long health() const;
    // GET http://127.0.0.1:PORT/api/status, the document of the contract.
    [[nodiscard]] Result<Json> status() const;
    // `tillkeeper ARGUMENTS` against this agent.
    [[nodiscard]] Result<CommandResult> command(std::vector<std::string> arguments,
                                                std::chrono::milliseconds limit = std::chrono::seconds(30)) const;

    [[nodiscard]] std::string page() const {
        return (setup_.page_identity.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") +
               std::to_string(setup_.page_port);
    }
    // How to ask it: with the CA that its certificate is of.
    [[nodiscard]] Sending to_page() const {
        return {.ca_file = setup_.page_identity.empty() ? "" : setup_.page_identity + ".ca"};
    }
    [[nodiscard]] const AgentSetup& setup() const { return setup_; }
    [[nodiscard]] std::string log() const;
    [[nodiscard]] const std::optional<Process>& process() const { return process_; }

  private:
    Agent(std::filesystem::path folder, AgentSetup setup) : folder_(std::move(folder)), setup_(std::move(setup)) {}

    std::filesystem::path folder_;
    AgentSetup setup_;
    std::optional<Process> process_;
};

}  // namespace tillkeeper::lab
