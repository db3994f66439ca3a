// Records and their look-up, over one connection. Several versions of a record may stand side by side: of those that
// can be seen the one written last counts. Ownership: borrows. Thread: the connection's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/mirror_values.h"
#include "storage/mirrors/mirror_codec.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

inline constexpr std::size_t kMirrorSearchKeysMax = 64;  // of one record

struct StoredRecord {
    std::int64_t id = 0;
    std::int64_t layer = 0;
    std::int64_t run = 0;
    std::optional<std::int64_t> as_of{};
    std::string hashes{};   // of its key, then of its search keys
    std::string body{};     // sealed; "": deleted
    bool overlaid = false;  // a version with the hashes of the record with this id

    [[nodiscard]] bool present() const { return !body.empty(); }
    [[nodiscard]] std::string_view key_hash() const { return std::string_view(hashes).substr(0, kMirrorHashBytes); }
};

// Of columns from `first` on that select id, layer, run, as_of, hashes, body.
inline constexpr int kRecordColumns = 6;
[[nodiscard]] StoredRecord record_of(const Statement& row, int first);

struct OpenedRecord {
    std::string key;
    std::string body;
};

// kInvalid, kLimit: it cannot be kept.
[[nodiscard]] Result<void> check_row(const MirrorRow& row);
// Of a checked row: hashed and sealed, not written yet.
[[nodiscard]] Result<StoredRecord> sealed_record(MirrorCodec& codec, std::string_view collection, const MirrorRow& row);
[[nodiscard]] Result<OpenedRecord> opened_record(MirrorCodec& codec, const StoredRecord& record);

// Gives it its number; `index`: it can be looked up as well.
[[nodiscard]] Result<std::int64_t> insert_record(Connection& connection, const StoredRecord& record, bool index);
[[nodiscard]] Result<void> insert_lookup(Connection& connection, std::int64_t space, std::string_view hash,
                                         std::int64_t record);
[[nodiscard]] Result<std::optional<StoredRecord>> read_record(Connection& connection, std::int64_t id);
// By a search key, the oldest first.
[[nodiscard]] Result<std::vector<StoredRecord>> records_found(Connection& connection, std::int64_t layer,
                                                              std::string_view hash, std::int64_t limit);
// With its look-up and all that lies over it; one that is not there is none.
[[nodiscard]] Result<void> remove_record(Connection& connection, std::int64_t id);
// All versions of a layer, newest first, without those of runs that were given up.
[[nodiscard]] Result<std::vector<StoredRecord>> versions_of(Connection& connection, std::int64_t layer,
                                                            std::string_view key_hash);
// A version with the same hashes as `record` has.
[[nodiscard]] Result<void> overlay_record(Connection& connection, std::int64_t record, std::int64_t run,
                                          std::string_view body);
// One version; the others stay.
[[nodiscard]] Result<void> remove_version(Connection& connection, const StoredRecord& version);
[[nodiscard]] Result<std::int64_t> last_record_id(Connection& connection);

}  // namespace tillkeeper::storage
