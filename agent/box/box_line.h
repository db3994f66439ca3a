// The command line of tillkeeper-box: what is parsed is what --help and the manual page tell.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "platform/result.h"

namespace tillkeeper::box {

// "gpiochip0:17" or "gpiochip0:17:low".
struct LineName {
    std::string chip;
    unsigned offset = 0;
    bool active_low = false;
};
// kInvalid, and what is wrong.
[[nodiscard]] Result<LineName> parse_line_name(const std::string& text);

class BoxLine {
  public:
    BoxLine();
    BoxLine(const BoxLine&) = delete;
    BoxLine& operator=(const BoxLine&) = delete;

    [[nodiscard]] CLI::App& tree() { return app_; }
    [[nodiscard]] const std::string& lamp() const { return lamp_; }              // "": none
    [[nodiscard]] const std::string& power_line() const { return power_line_; }  // "": none
    [[nodiscard]] const std::string& socket() const { return socket_; }
    [[nodiscard]] const std::string& sysfs() const { return sysfs_; }

  private:
    std::string lamp_;
    std::string power_line_;
    std::string socket_ = "/run/tillkeeper/control.sock";
    std::string sysfs_ = "/sys";
    CLI::App app_;
};

}  // namespace tillkeeper::box
