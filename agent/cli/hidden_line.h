// A secret that a person types.
#pragma once

#include <string>

#include "platform/result.h"

namespace tillkeeper::cli {

// From the terminal, after `prompt` and without showing it; where standard input is no terminal, its next line.
// kInvalid: it ended before, or Ctrl-C was pressed; the terminal is as it was.
[[nodiscard]] Result<std::string> read_hidden_line(const std::string& prompt);

}  // namespace tillkeeper::cli
