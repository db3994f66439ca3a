// SlicedWork: long work on the journal that is done in slices, so that selling never waits for it. [storage-7]
// Ownership: the caller's. Thread: the journal thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::storage {

class BodyCodec;
struct ChainLink;
struct OpenFile;

// What of the journal a slice works on.
struct JournalParts {
    OpenFile& file;
    BodyCodec& codec;
    ChainLink& tail;  // moved by what the slice appends
};

struct WorkProgress {
    std::string_view step = {};  // in plain words; lives as long as the program
    std::int64_t done = 0;
    std::int64_t total = 0;  // of this step; 0: unknown
};

class SlicedWork {
  public:
    virtual ~SlicedWork() = default;
    // A few milliseconds of work, at most one transaction of its own. False: nothing is left to do. On failure
    // everything that earlier slices did stays.
    [[nodiscard]] virtual Result<bool> slice(const JournalParts& journal) = 0;
    [[nodiscard]] virtual WorkProgress progress() const = 0;
};

}  // namespace tillkeeper::storage
