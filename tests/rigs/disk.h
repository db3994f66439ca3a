// Disk: a small file system of our own to put a journal on, that can be filled, emptied and given up.
//
// Made in a mount namespace of our own (space.h), so that nothing is left behind. Ownership: by value; unmounts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::rigs {

// An ext4 file system in the new file `image`; nothing of it is kept back for root. `features` for mkfs.ext4.
[[nodiscard]] Result<void> make_ext4(const std::filesystem::path& image, std::uint64_t bytes,
                                     const std::vector<std::string>& features = {});

class Disk {
  public:
    // ext4 with a journal, on a loop device over the new file `image`; an error of the file system makes it read-only.
    [[nodiscard]] static Result<Disk> ext4(const std::filesystem::path& image, const std::filesystem::path& at,
                                           std::uint64_t bytes);
    // Mounts what is in `image` already.
    [[nodiscard]] static Result<Disk> existing(const std::filesystem::path& image, const std::filesystem::path& at);
    // tmpfs.
    [[nodiscard]] static Result<Disk> memory(const std::filesystem::path& at, std::uint64_t bytes);
    Disk(Disk&& other) noexcept : at_(std::exchange(other.at_, {})) {}
    Disk& operator=(Disk&&) = delete;
    ~Disk();

    [[nodiscard]] const std::filesystem::path& folder() const { return at_; }
    [[nodiscard]] std::uint64_t free_bytes() const;
    // Somebody else's file takes all room but about `leave` bytes.
    [[nodiscard]] Result<void> fill(std::uint64_t leave) const;
    // That file goes.
    void clear() const;
    // Of ext4: the kernel finds an error, and takes no more writes until it is mounted anew.
    [[nodiscard]] Result<void> report_error() const;
    // Also while files of it are open.
    void unmount();
    // After unmount(): `other` is this one from now on.
    void take_over(Disk other) { at_ = std::exchange(other.at_, {}); }

  private:
    explicit Disk(std::filesystem::path at) : at_(std::move(at)) {}

    std::filesystem::path at_;
};

}  // namespace tillkeeper::rigs
