// Content-Encoding: gzip undone, with a limit.
#pragma once

#include <zlib.h>

#include <string_view>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::cloud {

inline constexpr std::size_t kExpandedBytesMax = std::size_t{32} << 20;

class Gunzip {
  public:
    Gunzip();
    ~Gunzip();
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;

    // What it returns is valid until the next call. kInvalid: not whole gzip; kLimit: too large when expanded.
    [[nodiscard]] Result<std::string_view> expand(std::string_view packed);

  private:
    z_stream stream_{};
    std::vector<char> out_;
};

}  // namespace tillkeeper::cloud
