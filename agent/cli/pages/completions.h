// Completion scripts for bash, zsh and fish.
//
// They offer the commands and options of the tree, and what a value may be: a FILE, a FOLDER, or a DESTINATION of the
// configuration, which the program itself tells ("config destinations").
#pragma once

#include <string>

#include "agent/cli/pages/command_entry.h"

namespace tillkeeper::cli {

[[nodiscard]] std::string bash_completion(const Program& program);
[[nodiscard]] std::string zsh_completion(const Program& program);
[[nodiscard]] std::string fish_completion(const Program& program);

// `text` with each "@name@" replaced.
[[nodiscard]] std::string filled(std::string text, const std::vector<std::pair<std::string, std::string>>& parts);

// The command and what stands above it: options hold below as well.
[[nodiscard]] std::vector<OptionEntry> options_at(const Program& program, const std::string& path);

[[nodiscard]] std::vector<const CommandEntry*> commands_below(const Program& program, const CommandEntry& command);

// For bash and zsh: "':OPTION') value=VALUE ;;" and "'COMMAND:') value=VALUE ;;", a line each.
[[nodiscard]] std::string value_cases(const Program& program);

}  // namespace tillkeeper::cli
