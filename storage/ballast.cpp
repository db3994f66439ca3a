#include "storage/ballast.h"

#include <algorithm>
#include <array>

#include "storage/vfs_file.h"

namespace tillkeeper::storage {
namespace {

// With less than this many times the ballast free the disk would only fill up again at once.
constexpr std::int64_t kRoomFactor = 4;

}  // namespace

Ballast::Ballast(const JournalOptions& options)
    : vfs_(options.vfs),
      folder_(options.folder),
      path_(options.folder + "/ballast"),
      bytes_(options.device == nullptr ? 0 : static_cast<std::int64_t>(options.ballast_bytes)),
      device_(options.device) {}

void Ballast::release() {
    // Where it cannot be removed, the disk stays full, which the next commit tells.
    if (bytes_ != 0) static_cast<void>(remove_file(vfs_, path_));
}

Result<void> Ballast::restore() {
    if (bytes_ == 0) return {};
    const std::int64_t there = size_of_file(vfs_, path_);
    if (there == bytes_) return {};
    const auto free = device_->disk_free_bytes(folder_);
    if (!free) return std::unexpected(free.error());
    if (*free < static_cast<std::uint64_t>(bytes_ * kRoomFactor))
        return fail(ErrorCode::kStorageFull, "journal: the disk is full");
    if (there >= 0 && !remove_file(vfs_, path_))  // another size, or not filled to its end
        return fail(ErrorCode::kIo, "journal: the ballast cannot be replaced");
    auto done = fill();
    if (!done) release();
    return done;
}

// The size tells whether it is whole: the end is written last.
Result<void> Ballast::fill() const {
    auto file = VfsFile::make(vfs_, path_, VfsFile::Kind::kLasting);
    if (!file) return std::unexpected(std::move(file.error()));
    std::array<char, 16384> block{};
    block.fill('b');
    for (std::int64_t done = 0; done < bytes_;) {
        const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(block.size()), bytes_ - done);
        if (auto written = file->write(block.data(), static_cast<int>(count), done); !written) return written;
        done += count;
    }
    return file->sync();
}

}  // namespace tillkeeper::storage
