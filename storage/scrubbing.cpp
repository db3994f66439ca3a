#include "storage/erasure.h"
#include "storage/open_file.h"
#include "storage/schema.h"
#include "storage/wal_room.h"

namespace tillkeeper::storage {
namespace {

// Readers hold no snapshot between two calls: who still does after so many slices is not one of ours.
constexpr int kWaitsMax = 500;

}  // namespace

Result<bool> Scrubbing::slice(const JournalParts& journal) {
    if (step_ == Step::kPages) return pages(journal);
    if (step_ == Step::kLog) return empty_log(journal);
    auto due = meta_text(journal.file.connection, "scrub_due");
    if (!due) return std::unexpected(std::move(due.error()));
    step_ = Step::kPages;
    return !due->empty();
}

Result<bool> Scrubbing::pages(const JournalParts& journal) {
    auto moved = journal.file.checkpoint(Checkpoint::kPassive);
    if (!moved) return std::unexpected(std::move(moved.error()));
    if (journal.file.wal_frames != 0) return wait_for_readers();
    auto more = scrub_.slice(journal.file.connection);
    if (more && !*more) step_ = Step::kLog;
    return more ? Result<bool>(true) : more;
}

// The log may still hold the bodies as they arrived.
Result<bool> Scrubbing::empty_log(const JournalParts& journal) {
    auto emptied = journal.file.checkpoint(Checkpoint::kTruncate);
    if (!emptied && emptied.error().code == ErrorCode::kUnavailable) return wait_for_readers();
    if (!emptied) return std::unexpected(std::move(emptied.error()));
    if (auto room = make_wal_room(journal.file.connection, kWalRoomBytes); !room)
        return std::unexpected(std::move(room.error()));
    auto done = journal.file.connection.execute("DELETE FROM meta WHERE key = 'scrub_due'");
    if (!done) return std::unexpected(std::move(done.error()));
    return false;
}

Result<bool> Scrubbing::wait_for_readers() {
    if (++waited_ < kWaitsMax) return true;
    return fail(ErrorCode::kUnavailable,
                "journal: another program reads it, so that its log cannot be emptied; end it and try again");
}

WorkProgress Scrubbing::progress() const {
    return {"overwriting what was freed", scrub_.done(), scrub_.total()};
}

}  // namespace tillkeeper::storage
