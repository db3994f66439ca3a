// The simulated cloud as the measurements need it: tokens that outlive a run, and an endpoint that does little.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sync/source.h"
#include "tests/cloud/cloud_control.h"
#include "tests/e2e/agent_config.h"
#include "tests/e2e/process.h"

namespace tillkeeper::bench {

class Cloud {
  public:
    [[nodiscard]] static Result<Cloud> start(const std::filesystem::path& folder);

    // "bench": events as they are, to the endpoint that looks at next to nothing; "erp", "oms", "crm": with the shipped
    // mapping.
    [[nodiscard]] lab::DestinationSetup destination(const std::string& name) const;
    // A collection as an operator would write it, pulled every second; `fresh_s` as in the agent's README.
    [[nodiscard]] std::string collection(const sync::SourceConfig& config, int fresh_s) const;
    [[nodiscard]] cloud::CloudControl& control() const { return *control_; }
    // In a store it would have a machine of its own: it gets what the others leave.
    void yield_to_the_others() const;
    // Transactions that took effect at that destination; -1 when the cloud cannot be asked.
    [[nodiscard]] std::int64_t count(const std::string& destination) const;

    // For a load generator.
    [[nodiscard]] std::string url(const std::string& name) const;
    [[nodiscard]] Result<std::string> token() const;

  private:
    Cloud(std::filesystem::path folder, lab::Process process)
        : folder_(std::move(folder)), process_(std::move(process)) {}

    std::filesystem::path folder_;
    lab::Process process_;
    std::unique_ptr<cloud::CloudControl> control_;
    std::string base_;
    std::string ca_file_;
};

}  // namespace tillkeeper::bench
