// Whether this program can take over a journal that another version of it wrote: tried on a copy, so that a "no"
// changes nothing and the other version goes on. [storage-15]
#pragma once

#include <optional>
#include <string>

#include "storage/journal_copy.h"

namespace tillkeeper::storage {

struct PreflightWish {
    std::string scratch;  // a folder with room for the copy, on the disk of the journal or another one
    std::string backup;   // keeps the copy under this name, as it was, where this program changes the form; "": no copy
};

struct PreflightReport {
    int from = 0;              // version of the file's form; 0: there is no journal yet, the rest is empty
    int to = 0;                // ours
    bool older_reads = false;  // the program of version `from` can take the file back
    bool kept = false;         // the backup was made
    std::string copies_anew;   // why the copies of cloud data would be fetched anew; "": they stay, or there are none
    Verification chain;
    JournalBounds bounds;
};

// Copies, migrates the copy, reads all of it, and compares it with what was there: numbers, cursors, what is held.
// Whatever fails, nothing but a "preflight.part-..." folder in `scratch` was written, and that is gone. kTooNew: a
// newer program wrote the journal. kCorrupt: damaged, sealed with a key that is not given, or not the same afterwards.
// kStorageFull: no room. kUnavailable: told not to go on. Copies of cloud data (mirrors.db) are no reason to fail.
[[nodiscard]] Result<PreflightReport> preflight(const JournalOptions& journal, const PreflightWish& wish,
                                                const CopyTold& told);

}  // namespace tillkeeper::storage
