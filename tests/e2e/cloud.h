// The simulated cloud as a process: ERP, OMS and CRM behind TLS and OAuth. tests/cloud/README.md tells how it can fail.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cloud/cloud_control.h"
#include "tests/e2e/agent_config.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/process.h"

namespace tillkeeper::lab {

// Where it stands: on this machine's loopback, unless told.
struct CloudPlace {
    std::vector<std::string> launcher = {};  // a command in front of its own
    std::string address = "127.0.0.1";       // to listen at
    std::string host = "localhost";          // how the agent calls it
    std::string control_host = "127.0.0.1";  // how we do
    int doors = 1;                           // ports, each of which can be shut alone
};

class Cloud {
  public:
    // Starts it; its certificates, and the secrets of its clients, are in `folder`. Returns when it listens.
    [[nodiscard]] static Result<Cloud> start(const std::filesystem::path& folder, const CloudPlace& place = {});

    // How the agent reaches one of "erp", "oms", "crm", with the shipped mapping. The OMS wants private_key_jwt, the
    // others client_secret_basic.
    [[nodiscard]] DestinationSetup destination(const std::string& name, int door = 0) const;
    [[nodiscard]] const Process& process() const { return process_; }
    // Faults, and what took effect.
    [[nodiscard]] cloud::CloudControl& control() const { return *control_; }
    // Every transaction that took effect at one destination.
    [[nodiscard]] Result<Effects> effects(const std::string& destination) const;

  private:
    Cloud(std::filesystem::path folder, Process process) : folder_(std::move(folder)), process_(std::move(process)) {}

    std::filesystem::path folder_;
    Process process_;
    std::unique_ptr<cloud::CloudControl> control_;
    std::vector<std::string> bases_;  // https://localhost:PORT, by door
    std::string ca_file_;
};

}  // namespace tillkeeper::lab
