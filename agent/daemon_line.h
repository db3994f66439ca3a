// The command line of tillkeeperd: what is parsed is what --help, the manual page and the completions tell.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace tillkeeper::agent {

class DaemonLine {
  public:
    DaemonLine();
    DaemonLine(const DaemonLine&) = delete;
    DaemonLine& operator=(const DaemonLine&) = delete;

    [[nodiscard]] CLI::App& tree() { return app_; }
    [[nodiscard]] const std::string& config_path() const { return config_path_; }
    [[nodiscard]] bool verbose() const { return verbose_; }

  private:
    std::string config_path_;
    bool verbose_ = false;
    CLI::App app_;
};

}  // namespace tillkeeper::agent
