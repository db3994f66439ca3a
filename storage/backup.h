// A copy of the journal in one file, made while somebody else writes it, and proven before it gets its name.
//
// The copy is of one moment: what is committed afterwards is not in it, and waits for nothing. Bodies stay as they lie,
// sealed or not. Until all is proven and synced it lies in a folder "FILE.part-XXXXXX", which goes again; only a kill
// leaves it behind. Thread: any one; blocks on the disk.
#pragma once

#include <string>

#include "platform/result.h"
#include "storage/journal_copy.h"

namespace tillkeeper::storage {

struct BackupWish {
    std::string file;      // not in the journal's folder
    bool replace = false;  // what is there under this name
};

struct BackupReport {
    Verification chain;  // whole
    JournalBounds bounds;
};

// kInvalid: the name is taken, or not a good one. kUnavailable: it was told not to go on. kStorageFull: the target has
// no room. kCorrupt: the journal is not whole. Whatever fails, nothing has the name that had it not before.
[[nodiscard]] Result<BackupReport> back_up(const JournalOptions& journal, const BackupWish& wish, const CopyTold& told);

}  // namespace tillkeeper::storage
