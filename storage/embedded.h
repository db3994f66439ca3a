// Files of this folder that the program carries inside itself (see embed.cmake). They live as long as the program.
#pragma once

#include <span>
#include <string_view>

namespace tillkeeper::storage {

// Numbered SQL files, in order: the first takes a new file to version 1.
[[nodiscard]] std::span<const std::string_view> embedded_migrations();
// zstd dictionaries, oldest first; the newest compresses, all of them read. Their ids are 1, 2, ...
[[nodiscard]] std::span<const std::string_view> embedded_dictionaries();

}  // namespace tillkeeper::storage
