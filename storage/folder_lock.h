// FolderLock: at most one process works in a journal's folder. Ends with the object or with the process, however that
// ends. It is a POSIX lock: whoever else opens and closes `folder/lock` in this process, past the VFS, sets it free.
#pragma once

#include <string>

#include "storage/vfs_file.h"

namespace tillkeeper::storage {

class FolderLock {
  public:
    // Makes the folder (mode 0700) where it is missing, so that a power cut does not take it away again.
    // kUnavailable: another process has it.
    [[nodiscard]] static Result<FolderLock> take(const std::string& folder, const std::string& vfs);

  private:
    explicit FolderLock(VfsFile file) : file_(std::move(file)) {}
    VfsFile file_;
};

}  // namespace tillkeeper::storage
