// What is done later, in slices: removing what can no longer be seen, and overwriting what an erasure has set free.
// Each slice is one transaction of some hundred rows. What is to be done stands in the file: a crash forgets none of
// it.
#pragma once

#include "storage/mirrors/collection_rows.h"
#include "storage/open_file.h"
#include "storage/page_scrub.h"

namespace tillkeeper::storage {

// The transaction is the caller's in these.
[[nodiscard]] Result<void> forget_layer(Connection& connection, std::int64_t layer, std::int64_t first_record);
[[nodiscard]] Result<void> forget_run(Connection& connection, const RunRow& run);
[[nodiscard]] Result<void> forget_replaced(Connection& connection, std::int64_t run);
[[nodiscard]] Result<void> forget_old_answers(Connection& connection, std::int64_t collection);
// One slice; false: nothing is left.
[[nodiscard]] Result<bool> do_chore(Connection& connection);

// Overwrites what lies in the file without belonging to a row, then empties the log. Not in a transaction.
class MirrorScrub {
  public:
    // kUnavailable: a reader holds on to the log.
    [[nodiscard]] Result<bool> slice(OpenFile& file);
    void begin_anew();

  private:
    [[nodiscard]] Result<bool> wait_for_readers();
    PageScrub scrub_;
    bool pages_done_ = false;
    int waited_ = 0;
};

}  // namespace tillkeeper::storage
