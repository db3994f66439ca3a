// The configuration's tables: those of its file, and of the folder of parts beside it. Any thread.
//
// Beside NAME.toml the folder NAME.d may stand, with parts of its own: NAME.d/*.toml, read in the order of their names.
// Tables of the same name become one, of two values the later counts, and lists of tables ([[destination]]) are joined.
#pragma once

#include <map>
#include <string>

#include "agent/config/toml_section.h"

namespace tillkeeper::agent {

// "" when there is no such folder.
[[nodiscard]] std::string parts_folder(const std::string& path);

// What cannot be read, is no TOML or does not fit together is a fault of `source`. `files` gets what was read: the
// name, for a part with its folder's, and the first 16 hex digits of its SHA-256.
[[nodiscard]] toml::table read_config_parts(const std::string& path, TomlSource& source,
                                            std::map<std::string, std::string>& files);

}  // namespace tillkeeper::agent
