// Files of this folder that the program carries inside itself (see embed.cmake). They live as long as the program.
#pragma once

#include <string_view>

namespace tillkeeper::agent {

// "page.css", "page.js", "de.json"; empty when there is none of that name.
[[nodiscard]] std::string_view embedded_file(std::string_view name);

}  // namespace tillkeeper::agent
