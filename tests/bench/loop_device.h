// A file system of our own: ext4 with a journal on a loop device, whose writes the kernel counts. Needs root.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "platform/result.h"

namespace tillkeeper::bench {

class LoopDevice {
  public:
    // Makes `image` and mounts it at `mount`. kUnavailable where that is not permitted.
    [[nodiscard]] static Result<LoopDevice> mount(const std::filesystem::path& image,
                                                  const std::filesystem::path& mount);
    LoopDevice(LoopDevice&& other) noexcept
        : mount_(std::exchange(other.mount_, {})), device_(std::move(other.device_)) {}
    LoopDevice& operator=(LoopDevice&&) = delete;
    ~LoopDevice();  // unmounts

    [[nodiscard]] const std::filesystem::path& folder() const { return mount_; }
    // Written to the device since it was made, after everything that waits in memory was written.
    [[nodiscard]] double written_bytes() const;

  private:
    LoopDevice(std::filesystem::path mount, std::string device)
        : mount_(std::move(mount)), device_(std::move(device)) {}

    std::filesystem::path mount_;
    std::string device_;  // loop0
};

}  // namespace tillkeeper::bench
