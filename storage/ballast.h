// Ballast: a file that does nothing but hold room, so that on a full disk there is something to give up. [storage-8]
// Ownership: borrows the device. Thread: the journal thread.
#pragma once

#include <cstdint>
#include <string>

#include "platform/device.h"
#include "storage/journal.h"

namespace tillkeeper::storage {

class Ballast {
  public:
    // None is kept without a device that tells how much room there is.
    explicit Ballast(const JournalOptions& options);
    // Gives the room back to the disk.
    void release();
    // Puts it in place when the disk has several times its size free, else kStorageFull. Any other error: the disk has
    // another fault.
    [[nodiscard]] Result<void> restore();

  private:
    [[nodiscard]] Result<void> fill() const;
    std::string vfs_;
    std::string folder_;
    std::string path_;
    std::int64_t bytes_;
    const Device* device_;
};

}  // namespace tillkeeper::storage
