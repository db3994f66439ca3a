// The real Mosquitto, configured by packaging/broker, on a loopback port that stays the same over restarts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/process.h"

namespace tillkeeper::lab {

// Which build of the broker and of its guard.
struct BrokerBuild {
    std::string program = "/usr/sbin/mosquitto";
    std::string guard = {};  // empty: ours
};

class Broker {
  public:
    // Writes the configuration below `folder`, with the agent's user and one user for each of `tills`, whose
    // passwords are password_of(name). Does not start it.
    [[nodiscard]] static Result<Broker> make(const std::filesystem::path& folder, const std::vector<std::string>& tills,
                                             BrokerBuild build = {});
    // Returns when it accepts connections. When the environment's TILLKEEPER_MESSAGES names a file, all that is said on
    // the bus is appended there (tests/contract), but for what a restart may cost.
    [[nodiscard]] Result<void> start();
    // SIGKILL: what it held in memory is gone.
    void kill() { process_.reset(); }

    [[nodiscard]] const std::optional<Process>& process() const { return process_; }

    // Without TLS, for benches and for clients that do not speak it.
    [[nodiscard]] int port() const { return port_; }
    // As in a store: TLS, with name and password or with a client certificate.
    [[nodiscard]] int tls_port() const { return tls_port_; }
    [[nodiscard]] int certificate_port() const { return certificate_port_; }
    [[nodiscard]] std::filesystem::path ca_file() const { return folder_ / "tls" / "ca.pem"; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const std::filesystem::path& agent_password_file() const { return agent_password_file_; }
    // name:password lines, the agent's among them.
    [[nodiscard]] std::filesystem::path users_file() const { return folder_ / "users"; }
    [[nodiscard]] static std::string password_of(const std::string& user) { return user + "-password"; }

  private:
    Broker(std::filesystem::path folder, BrokerBuild build);
    [[nodiscard]] Result<void> record_messages();

    std::filesystem::path folder_;
    BrokerBuild build_;
    std::filesystem::path agent_password_file_;
    int port_;
    int tls_port_;
    int certificate_port_;
    std::optional<Process> process_;
    std::optional<Process> recorder_;
};

}  // namespace tillkeeper::lab
