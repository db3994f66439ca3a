// A store in a scratch folder: cloud, broker and agent, each a process, ready to be sold to and to be killed.
//
// Thread: the one that made it, see process.h.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tests/e2e/scratch.h"
#include "tests/e2e/store.h"
#include "tests/e2e/tills.h"

namespace tillkeeper::lab {

struct LabOptions {
    std::string name = "tillkeeper-lab";  // of the folder
    int tills = 2;
    CloudPlace cloud = {};
    // Further lines of the agent's configuration that name the cloud.
    std::function<std::string(Cloud&)> more = {};
    AgentSetup agent = {};   // where its bus, its page and its destinations are left open, the lab fills them in
    bool clock_set = false;  // see store.h
};

class Lab {
  public:
    // Everything runs and the agent accepts transactions when it returns.
    [[nodiscard]] static Result<std::unique_ptr<Lab>> open(const LabOptions& options);

    [[nodiscard]] Cloud& cloud() { return cloud_; }
    [[nodiscard]] Broker& broker() { return store_.broker(); }
    [[nodiscard]] Agent& agent() { return store_.agent(); }
    [[nodiscard]] const Agent& agent() const { return store_.agent(); }
    [[nodiscard]] Scratch& folder() { return folder_; }

    // Begins to sell; `setup.tills` must not exceed the lab's.
    [[nodiscard]] Result<Tills> sell(const TillsSetup& setup);
    // Transactions that took effect at that destination; -1 when the cloud cannot be asked.
    [[nodiscard]] std::int64_t delivered(const std::string& destination) const;
    // Every destination has `count` transactions before `limit` passes.
    [[nodiscard]] bool wait_delivered(std::int64_t count, std::chrono::milliseconds limit) const;
    // What was sold and accepted against the books of the cloud.
    [[nodiscard]] Result<Ledger> settle(const Tills& tills) const;

  private:
    Lab(Scratch folder, Cloud cloud, Store store)
        : folder_(std::move(folder)), cloud_(std::move(cloud)), store_(std::move(store)) {}

    Scratch folder_;  // first, so that it goes last
    Cloud cloud_;
    Store store_;
    int shifts_ = 0;
};

}  // namespace tillkeeper::lab
