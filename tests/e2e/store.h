// One store: its broker and its agent. The cloud is somebody else's: several stores may share one.
//
// Thread: the one that made it, see process.h.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/agent.h"
#include "tests/e2e/broker.h"
#include "tests/e2e/cloud.h"

namespace tillkeeper::lab {

inline constexpr const char* kDestinations[] = {"erp", "oms", "crm"};

struct StoreSetup {
    std::vector<std::string> tills = {};
    int door = 0;           // of the cloud, by which it comes
    AgentSetup agent = {};  // its bus is filled in
    bool clock_set =
        false;  // vouches for this machine's clock, where nothing else does; see [clock] in the configuration
};

class Store {
  public:
    // Everything runs and the agent accepts transactions when it returns; below FOLDER/broker and FOLDER/agent.
    [[nodiscard]] static Result<Store> open(const std::filesystem::path& folder, StoreSetup setup);
    // The same with the simulated cloud's destinations beside those of `setup`.
    [[nodiscard]] static Result<Store> open(const std::filesystem::path& folder, const Cloud& cloud, StoreSetup setup);

    [[nodiscard]] Broker& broker() { return broker_; }
    [[nodiscard]] Agent& agent() { return agent_; }
    [[nodiscard]] const Agent& agent() const { return agent_; }

  private:
    Store(Broker broker, Agent agent) : broker_(std::move(broker)), agent_(std::move(agent)) {}

    Broker broker_;
    Agent agent_;
};

}  // namespace tillkeeper::lab
