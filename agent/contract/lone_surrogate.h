// "\ud800" without its other half: JSON by its grammar, and no character. cJSON refuses the whole document for it.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper::agent {

// The same document with U+FFFD instead of each; only for reading it. `json` has passed scan_json().
[[nodiscard]] std::string without_lone_surrogates(std::string_view json);

}  // namespace tillkeeper::agent
