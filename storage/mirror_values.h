// What the mirrors are made of. Values only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "platform/device.h"
#include "storage/entry.h"

namespace tillkeeper::storage {

// The last room on a disk is for sales: a copy does not grow into it.
inline constexpr std::uint64_t kMirrorLeaveBytes = std::uint64_t{64} << 20;

struct MirrorOptions {
    std::string folder;  // the journal's
    std::string key;     // 32 bytes, as the journal's; "": texts are sealed with a key that stands in the file
    std::vector<std::string> older_keys = {};  // only open what was written before
    std::string vfs;
    const Device* device = nullptr;  // tells how much room there is; without it the disk is filled
    std::uint64_t leave_bytes = kMirrorLeaveBytes;
};

inline constexpr std::size_t kMirrorKeyBytesMax = 256;
inline constexpr std::size_t kMirrorBodyBytesMax = 64 * 1024;
inline constexpr std::size_t kMirrorPageRowsMax = 2000;
inline constexpr std::int64_t kDeferredMax = 10'000;

// What a record can be found by, besides its key. Values are normalised before they come here (sync/search_keys.h).
struct SearchKey {
    std::string field;  // "phone"; "phone*" for the beginning of one
    std::string value;
};

struct MirrorRow {
    std::string key;                  // what the source calls the record
    std::vector<SearchKey> search{};  // of a record that is there
    std::string body{};               // JSON; "": deleted
};

// One pull under way.
struct MirrorRun {
    bool full = false;            // what it does not bring is gone when it is finished
    std::string page{};           // the source's name of the next page; "": the first
    WallTime started{};           // when the source was asked
    JournalNumber delivered = 0;  // what the source had of our journal then (SourceConfig::knows_deliveries_of)
};

// What of a collection can be seen.
struct MirrorState {
    std::optional<WallTime> as_of{};  // started of the run that was finished last; none: never
    bool complete = false;            // everything that the source had then: a full run, or changes upon one
    std::string cursor{};             // where the next pull of changes begins; "" : a full one is needed
    std::string validator{};          // ETag or Last-Modified of a whole collection
    JournalNumber delivered = 0;
    std::int64_t records = 0;
};

// A look-up that nobody could answer; `till` and `request` (JSON, as it came, with its Correlation Data and where the
// answer goes) are what the answer needs. Kept durably until settled.
struct DeferredLookup {
    std::int64_t number = 0;  // given by the file
    std::string till;
    std::string collection;
    std::string request;
    JournalNumber journal = 0;  // the newest entry when it was asked
    WallTime since;             // 1970: nobody knew the time
};

}  // namespace tillkeeper::storage
