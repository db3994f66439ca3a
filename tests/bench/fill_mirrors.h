// Fills mirrors directly, as a pull would. Much quicker than over HTTP.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>

#include "platform/result.h"

namespace tillkeeper::bench {

struct FilledCollection {
    std::uint64_t file_bytes = 0;  // that mirrors.db has grown by
    double json_bytes = 0;
    double seconds = 0;
};

// As numbers in a line.
std::ostream& operator<<(std::ostream& out, const FilledCollection& filled);
std::istream& operator>>(std::istream& in, FilledCollection& filled);

struct FilledMirrors {
    FilledCollection members;
    FilledCollection products;
};

// A new mirrors.db in `folder`: both collections whole, as of now.
[[nodiscard]] Result<FilledMirrors> fill_mirrors(const std::filesystem::path& folder, std::uint64_t members,
                                                 std::uint64_t products);

}  // namespace tillkeeper::bench
