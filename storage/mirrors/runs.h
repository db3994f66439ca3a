// Pulls under way: what a page changes, and how all of a run comes to be seen at once. [storage-11]
// Ownership: borrows connection and codec; by value. Thread: the connection's. Transactions are the caller's.
#pragma once

#include <span>
#include <string>

#include "storage/mirrors/bulk_index.h"
#include "storage/mirrors/collection_rows.h"

namespace tillkeeper::storage {

class Runs {
  public:
    Runs(Connection& connection, MirrorCodec& codec) : connection_(&connection), codec_(&codec) {}

    [[nodiscard]] Result<void> begin(const std::string& collection, const MirrorRun& run);
    [[nodiscard]] Result<void> apply(const std::string& collection, std::span<const MirrorRow> rows,
                                     const std::string& next_page);
    // One slice of what must be done before finish(). False: nothing is left.
    [[nodiscard]] Result<bool> settle(const std::string& collection);
    [[nodiscard]] Result<void> finish(const std::string& collection, const std::string& cursor,
                                      const std::string& validator);
    // What it brought is gone. No run: nothing.
    [[nodiscard]] Result<void> give_up(std::int64_t collection);
    // After a rollback.
    void forget() { bulk_.forget(); }

  private:
    struct Both {
        CollectionRow collection;
        RunRow run;
    };
    [[nodiscard]] Result<Both> under_way(const std::string& collection);
    [[nodiscard]] Result<void> bring(const std::string& name, Both& both, const MirrorRow& row);
    [[nodiscard]] Result<void> change(Both& both, StoredRecord record);

    Connection* connection_;
    MirrorCodec* codec_;
    BulkIndex bulk_;
};

}  // namespace tillkeeper::storage
