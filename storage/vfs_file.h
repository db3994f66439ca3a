// VfsFile: a file beside the journal, through the same VFS as the journal itself, so that whoever replaces the disk
// replaces all of it.
// Ownership: by value. Thread: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "platform/result.h"

struct sqlite3_file;
struct sqlite3_vfs;

namespace tillkeeper::storage {

class VfsFile {
  public:
    enum class Kind : std::uint8_t {
        kLockable,  // lock() works
        kLasting,   // sync() keeps its name in the folder as well
    };
    // Opens or makes it. `vfs` "": the system's. kIo: it cannot be.
    [[nodiscard]] static Result<VfsFile> make(const std::string& vfs, const std::string& path, Kind kind);
    VfsFile(VfsFile&&) noexcept;
    VfsFile& operator=(VfsFile&&) = delete;
    ~VfsFile();

    // Nobody else gets it until it is closed, or until the process ends, however it does. kUnavailable: another has it.
    [[nodiscard]] Result<void> lock();
    // kStorageFull, kIo.
    [[nodiscard]] Result<void> write(const void* bytes, int count, std::int64_t at);
    [[nodiscard]] Result<void> sync();

  private:
    VfsFile() = default;
    sqlite3_vfs* vfs_ = nullptr;
    const char* path_ = nullptr;  // SQLite wants it to live as long as the file
    std::unique_ptr<char[]> memory_;
    sqlite3_file* file_ = nullptr;  // in `memory_`
};

// The size of a file in bytes; -1 where there is none or it cannot be told.
[[nodiscard]] std::int64_t size_of_file(const std::string& vfs, const std::string& path);
enum class Removal : std::uint8_t {
    kQuick,
    kLasting,  // a power cut does not bring it back
};
// True when it is not there afterwards.
bool remove_file(const std::string& vfs, const std::string& path, Removal how = Removal::kQuick);

}  // namespace tillkeeper::storage
