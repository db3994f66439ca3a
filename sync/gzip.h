// Gzip: one reusable compressor (RFC 1952, fast level). Thread: one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::sync {

class Gzip {
  public:
    Gzip();
    ~Gzip();
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;
    [[nodiscard]] Result<std::string> compress(std::string_view plain);

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;  // made at the first use: an idle destination costs nothing
};

}  // namespace tillkeeper::sync
