// FolderLock: at most one process works in a journal's folder. Ends with the object or with the process.
#pragma once

#include <string>

#include "platform/result.h"

namespace tillkeeper::storage {

class FolderLock {
  public:
    // Makes the folder (mode 0700) where it is missing. kUnavailable: another process has it.
    [[nodiscard]] static Result<FolderLock> take(const std::string& folder);
    FolderLock(FolderLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

}  // namespace tillkeeper::storage
