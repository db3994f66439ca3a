// A manual page, in the macros of man(7).
#pragma once

#include <string>

#include "agent/cli/pages/command_entry.h"

namespace tillkeeper::cli {

[[nodiscard]] std::string manual_page(const Program& program);

}  // namespace tillkeeper::cli
