// Ballast: a file that does nothing but hold room, so that on a full disk there is something to give up. [storage-8]
// Ownership: by value. Thread: the journal thread.
#pragma once

#include <cstdint>
#include <string>

namespace tillkeeper::storage {

class Ballast {
  public:
    // `bytes` 0: none is kept.
    Ballast(const std::string& folder, std::uint64_t bytes);
    // Gives the room back to the disk.
    void release();
    // Puts it in place when the disk has several times its size free. True when it is in place.
    [[nodiscard]] bool restore();

  private:
    [[nodiscard]] bool fill(const std::string& path) const;
    std::string path_;
    std::uint64_t bytes_;
};

}  // namespace tillkeeper::storage
