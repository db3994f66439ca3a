// A real system on a database of its own, behind a door: PostgreSQL, the system's server, and TLS in front of it, each
// a process.
//
// Thread: the one that made it, see process.h.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/result.h"
#include "tests/e2e/process.h"

namespace tillkeeper::lab {

struct PeerSetup {
    std::string name;                  // of its database, and of its folder in sync/examples
    std::filesystem::path cluster;     // as with-cluster filled it; it is copied
    std::vector<std::string> command;  // of its server; the folder of the database's socket and a port are added
};

class PeerSystem {
  public:
    // It answers at the door when it returns. Logs, certificates and the copied database are in `folder`.
    [[nodiscard]] static Result<PeerSystem> start(const std::filesystem::path& folder, PeerSetup setup);

    // What is on its way through the door is lost, as at a cut network.
    void cut() { door_.reset(); }
    [[nodiscard]] Result<void> mend();
    // SIGKILL; its database lives on.
    void kill() { server_.reset(); }
    [[nodiscard]] Result<void> start_again();

    // The example of sync/examples as an operator takes it over: copied to `folder`, with our address, beside the
    // secret. The lines for the agent's configuration.
    [[nodiscard]] Result<std::string> destination(const std::filesystem::path& folder,
                                                  const std::filesystem::path& secret) const;
    // What its own database says; columns are separated by "|".
    [[nodiscard]] Result<std::vector<std::string>> rows(const std::string& query) const;

  private:
    PeerSystem(std::filesystem::path folder, PeerSetup setup);

    std::filesystem::path folder_;
    PeerSetup setup_;
    int port_;
    int door_port_;
    std::optional<Process> database_;
    std::optional<Process> server_;
    std::optional<Process> door_;
};

// `text` with each `from` in it turned into `to`.
[[nodiscard]] std::string replaced(std::string text, const std::string& from, const std::string& to);

}  // namespace tillkeeper::lab
