// Link: the only way from the store to the cloud, and all that can be wrong with it.
//
//     store, this namespace 10.77.0.1 ── relay ── 10.77.0.2, the cloud's namespace        faults are made here
//                           10.77.1.1 ── veth ─── 10.77.1.2                               for us only, always whole
//
// In namespaces of our own (space.h). The name cloud.test stands in an /etc/hosts of our own.
// Thread: the one that made it, see process.h.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/cloud.h"
#include "tests/e2e/process.h"

namespace tillkeeper::rigs {

class Link {
  public:
    // `folder` is for its files and outlives it.
    [[nodiscard]] static Result<Link> lay(const std::filesystem::path& folder);

    // Where the cloud is to be started.
    [[nodiscard]] lab::CloudPlace far_end() const;

    [[nodiscard]] Result<void> carrier(bool there);
    void delay(std::chrono::milliseconds each_way);
    [[nodiscard]] Result<void> names(bool known);
    // A statement of nft's for what leaves the store, or for what comes back; each packet of the link meets it.
    [[nodiscard]] Result<void> rule_out(const std::string& statement);
    [[nodiscard]] Result<void> rule_back(const std::string& statement);
    // Everything as at the beginning.
    [[nodiscard]] Result<void> mend();

  private:
    Link(std::filesystem::path folder, lab::Process relay) : folder_(std::move(folder)), relay_(std::move(relay)) {}
    [[nodiscard]] Result<void> run(std::vector<std::string> command);
    [[nodiscard]] Result<void> run_far(std::vector<std::string> command);
    [[nodiscard]] Result<void> configure();
    [[nodiscard]] Result<void> cover_names();
    [[nodiscard]] std::vector<std::string> far_launcher() const;

    std::filesystem::path folder_;
    lab::Process relay_;
};

}  // namespace tillkeeper::rigs
