// Mirrors: copies of cloud data that look-ups answer from while the cloud is away. One file beside the journal,
// `mirrors.db`, with one connection that writes or checkpoints: this one.
//
// A pull is a *run*: begin(), apply() page by page, finish(). Nobody sees anything of a run before finish(), and then
// all of it at once; a run that a crash interrupts goes on where it was [storage-11]. Texts and search keys are stored
// sealed and as keyed hashes: the file alone tells nobody's name, telephone or card [storage-12]. What is here can be
// fetched again, so commits are not synced (WAL, synchronous=NORMAL); deferred look-ups are. Ownership: the caller owns
// it. Thread: one thread only, the sync loop; blocks on the disk.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/result.h"
#include "storage/mirror_values.h"

namespace tillkeeper::storage {

class Mirrors {
  public:
    // A file that is damaged, of another version, or sealed with another key is thrown away and begun anew: it is a
    // copy. `anew` says so then, in plain words, since deferred look-ups are lost with it; readers are to be opened
    // again. A damage that shows later is kCorrupt: close it and open again.
    [[nodiscard]] static Result<std::unique_ptr<Mirrors>> open(const MirrorOptions& options, std::string& anew);
    virtual ~Mirrors() = default;

    [[nodiscard]] virtual Result<MirrorState> state(const std::string& collection) = 0;
    [[nodiscard]] virtual Result<std::optional<MirrorRun>> unfinished(const std::string& collection) = 0;
    // What an unfinished run brought is forgotten.
    [[nodiscard]] virtual Result<void> begin(const std::string& collection, const MirrorRun& run) = 0;
    // One transaction: at most kMirrorPageRowsMax rows, and the page to go on from. The last row of a key counts.
    // kInvalid, kLimit for a row that cannot be kept: nothing of the page is. kStorageFull: the run can go on later.
    // kNotFound: there is no run (an erasure ended it).
    [[nodiscard]] virtual Result<void> apply(const std::string& collection, std::span<const MirrorRow> rows,
                                             const std::string& next_page) = 0;
    // One slice of what finish() would have to do first: some milliseconds. False: finish() is quick now. A full run of
    // a million rows has hundreds of them; no page comes after the first.
    [[nodiscard]] virtual Result<bool> prepare_finish(const std::string& collection) = 0;
    // The run can be seen from now on, in one transaction.
    [[nodiscard]] virtual Result<void> finish(const std::string& collection, const std::string& cursor,
                                              const std::string& validator) = 0;
    // The source says that nothing has changed since: only the age changes.
    [[nodiscard]] virtual Result<void> unchanged(const std::string& collection, WallTime as_of,
                                                 JournalNumber delivered) = 0;
    // A live answer: kept at once, as of now, beside what a run may be bringing. "" as body: the source says there is
    // none. It counts until a run that was begun later is finished.
    [[nodiscard]] virtual Result<void> put(const std::string& collection, const MirrorRow& row, WallTime now) = 0;
    // One slice of tidying up: what no run shows any more. False: there is nothing left.
    [[nodiscard]] virtual Result<bool> tidy() = 0;
    // A collection that is older than its configured age, or not configured any more: nothing of it stays.
    [[nodiscard]] virtual Result<void> drop(const std::string& collection) = 0;
    // Live answers older than that are shown no more (a collection that is only ever asked live has no other age).
    [[nodiscard]] virtual Result<void> forget_answers(const std::string& collection, WallTime before) = 0;
    [[nodiscard]] virtual Result<std::vector<std::string>> collections() = 0;
    // Takes a person out: the record of that key, its search keys, movements, and deferred look-ups whose request has
    // the key in it as a JSON string. Returns how many records. A full run under way is forgotten. When tidy() has
    // nothing left, no byte of it is in the file or its log.
    [[nodiscard]] virtual Result<std::int64_t> erase(const std::string& collection, const std::string& key) = 0;

    // What this store itself has moved since the source last heard of it: sold pieces of an article, points of a
    // member. Adding the same number again changes nothing. forget: what the source knows by now.
    [[nodiscard]] virtual Result<void> add_movement(const std::string& collection, const std::string& key,
                                                    JournalNumber number, std::int64_t amount) = 0;
    [[nodiscard]] virtual Result<void> forget_movements(const std::string& collection, JournalNumber up_to) = 0;
    // How far the journal has been read for movements.
    [[nodiscard]] virtual Result<JournalNumber> movements_read() = 0;
    [[nodiscard]] virtual Result<void> set_movements_read(JournalNumber number) = 0;
    // Groups the calls above into one transaction: between begin and commit. After a call that failed (but for rows
    // that cannot be kept) nothing of the group is kept, and commit_group() says kUnavailable.
    [[nodiscard]] virtual Result<void> begin_group() = 0;
    [[nodiscard]] virtual Result<void> commit_group() = 0;

    // Synced before it returns; not in a group. kLimit beyond kDeferredMax.
    [[nodiscard]] virtual Result<std::int64_t> defer(const DeferredLookup& lookup) = 0;
    [[nodiscard]] virtual Result<std::vector<DeferredLookup>> deferred(std::int64_t after, int limit) = 0;
    [[nodiscard]] virtual Result<void> settle(std::int64_t number) = 0;

    // Seals the file's own key with another one; what is stored stays as it is. For `tillkeeper key rotate`.
    [[nodiscard]] virtual Result<void> change_key(const std::string& key) = 0;
    [[nodiscard]] virtual std::uint64_t bytes() const = 0;
};

}  // namespace tillkeeper::storage
