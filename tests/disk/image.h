// Image: the bytes of a file at one moment. Sparse, cheap to copy: blocks are shared until written.
// Ownership: by value. Thread: see block.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/disk/block.h"

namespace tillkeeper::disk {

class Image {
  public:
    [[nodiscard]] std::int64_t size() const { return size_; }
    // Beyond the end there are zeros. Returns how many bytes the file really has there.
    std::int64_t read(char* into, std::int64_t bytes, std::int64_t at) const;
    // Null `from`: zeros. Grows the file where necessary.
    void write(const char* from, std::int64_t bytes, std::int64_t at);
    // Shorter, or longer by zeros.
    void resize(std::int64_t size);
    // Takes block `index` over from another image of the same file; the size stays.
    void take(const Image& from, std::size_t index);
    [[nodiscard]] std::string text() const;

  private:
    std::vector<Block> blocks_;
    std::int64_t size_ = 0;
};

}  // namespace tillkeeper::disk
