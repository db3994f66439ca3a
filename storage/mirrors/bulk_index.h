// BulkIndex: makes what a full run has brought searchable, in the order of the hashes rather than as they come: else
// each record would change as many pages of the look-up as it has keys, and a load would write fifty times its size.
//
//   add() -> memory (kBufferedMax) -> spill: sorted into 256 buckets, a row each -> merge: bucket by bucket into
//   `lookup`
// What stands in memory alone is made anew from the records after a restart. Several versions of one key: the last
// counts, the others become stale with the run. Ownership: by value. Thread: the connection's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/mirrors/collection_rows.h"
#include "storage/mirrors/record_rows.h"

namespace tillkeeper::storage {

class BulkIndex {
  public:
    // In the transaction that wrote the record; `run.spills` and `run.spilled` move along, the caller writes them.
    [[nodiscard]] Result<void> add(Connection& connection, RunRow& run, const StoredRecord& record);
    // One slice of merging. False: all can be looked up, and `run.records` says how many there are.
    [[nodiscard]] Result<bool> merge(Connection& connection, RunRow& run);
    // After a rollback: what stands in memory may not stand in the file.
    void forget() { run_ = 0; }

  private:
    struct Entry {
        std::uint8_t bucket = 0;
        std::string hash;
        std::int64_t record = 0;
        bool deleted = false;
    };
    [[nodiscard]] Result<void> load(Connection& connection, const RunRow& run);
    void buffer(const StoredRecord& record);
    [[nodiscard]] Result<void> spill(Connection& connection, RunRow& run);
    [[nodiscard]] static Result<std::size_t> merge_bucket(Connection& connection, RunRow& run);

    std::int64_t run_ = 0;   // whose entries these are
    std::int64_t last_ = 0;  // the last record that is in memory
    std::vector<Entry> entries_;
};

inline constexpr std::size_t kBufferedMax = 65'536;  // entries: some 5 MiB
inline constexpr std::int64_t kBuckets = 256;        // the lower half for keys, the upper one for search keys

}  // namespace tillkeeper::storage
