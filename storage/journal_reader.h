// JournalReader: a read-only view of the journal over a connection of its own. It never writes, never checkpoints,
// and holds no snapshot between calls.
// Ownership: the caller owns it; any number may exist. Thread: one thread per reader.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/result.h"
#include "storage/body_codec.h"
#include "storage/entry.h"
#include "storage/journal.h"

namespace tillkeeper::storage {

struct ReadLimits {
    std::size_t entries_max = 500;
    std::size_t bytes_max = std::size_t{2} << 20;  // of bodies; at least one entry is returned all the same
};

struct JournalBounds {
    JournalNumber first = 0;  // oldest entry still kept; 0 when empty
    JournalNumber last = 0;
    std::uint64_t bytes = 0;  // database and write-ahead log
};

struct Cursor {
    std::string destination;
    JournalNumber number = 0;
};

struct HeldCount {
    std::string destination;  // "": quarantined
    std::int64_t count = 0;
    WallTime oldest;
};

struct Verification {
    std::int64_t entries = 0;
    JournalNumber first_bad = 0;  // 0: the chain is whole
    std::string problem;          // plain words
    Digest head{};
};

// Which keys the stored bodies need, see key_checks.h.
struct KeyState {
    std::vector<std::string> checks;
    JournalNumber resealed_up_to = 0;  // counts while `checks` names more than one
};

// Recomputes every digest and hash, slice by slice, so that a loop can do other things between two slices.
class ChainWalk {
  public:
    virtual ~ChainWalk() = default;
    // One slice of some hundred entries. False when the walk is over: report() is final then.
    [[nodiscard]] virtual Result<bool> step() = 0;
    [[nodiscard]] virtual std::int64_t done() const = 0;
    [[nodiscard]] virtual std::int64_t total() const = 0;
    [[nodiscard]] virtual Verification report() = 0;
};

class JournalReader {
  public:
    // kNotFound: there is no journal yet.
    [[nodiscard]] static Result<std::unique_ptr<JournalReader>> open(const JournalOptions& options);
    virtual ~JournalReader() = default;

    // Entries with number > `after`, ascending, of every kind, without gaps: what is damaged or missing is there by its
    // number and says so in `Entry::damaged`. kCorrupt only where not even the numbers can be read.
    [[nodiscard]] virtual Result<std::vector<Entry>> read_after(JournalNumber after, ReadLimits limits) = 0;
    [[nodiscard]] virtual Result<std::optional<Entry>> entry(JournalNumber number) = 0;
    // By transaction id or by receipt, newest first, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<Entry>> find(const std::string& text, int limit) = 0;
    // The newest entry with this id that destinations see, or nothing. Where the index is damaged all entries are read,
    // which takes its time; one before a damaged page is then not found.
    [[nodiscard]] virtual Result<std::optional<JournalNumber>> number_of(const std::string& transaction_id) = 0;

    // What destinations see of what names this transaction in `refers_to`: returns and voids, ascending, at most
    // `limit`. Where the index is damaged, as number_of().
    [[nodiscard]] virtual Result<std::vector<Entry>> referring_to(const std::string& transaction_id, int limit) = 0;
    // What the box itself wrote, of a type of own_entries.h; never a till's own of that name. Ascending after `after`,
    // or the newest first; at most `limit`. The count is of all that are kept; it reads an index alone.
    [[nodiscard]] virtual Result<std::vector<Entry>> own_entries(std::string_view type, JournalNumber after,
                                                                 int limit) = 0;
    [[nodiscard]] virtual Result<std::vector<Entry>> newest_own_entries(std::string_view type, int limit) = 0;
    [[nodiscard]] virtual Result<std::int64_t> own_count(std::string_view type) = 0;
    // How many after `number` are about the store rather than its sales (only_where_named). Reads the index alone.
    [[nodiscard]] virtual Result<std::int64_t> store_notes_after(JournalNumber number) = 0;
    // Under which numbers destinations booked an entry, in the order of their names; none where that page is damaged.
    [[nodiscard]] virtual Result<std::vector<Booking>> bookings(JournalNumber number) = 0;
    // The newest one of that destination, among kBookingsSearched (booking_rows.h) up to that entry.
    [[nodiscard]] virtual Result<std::optional<Booking>> newest_booking(const std::string& destination,
                                                                        JournalNumber up_to) = 0;
    // Each of these pots, in the same order, at one moment.
    [[nodiscard]] virtual Result<std::vector<PotState>> pots(std::span<const std::string> names) = 0;

    // What turns monotonic times of that boot into wall times; nothing when no trusted time was seen in it.
    [[nodiscard]] virtual Result<std::optional<Duration>> clock_offset(const std::string& boot_id) = 0;
    // Changes whenever anything was written since the last call; cheap. Only differences mean something.
    [[nodiscard]] virtual Result<std::int64_t> version() = 0;
    [[nodiscard]] virtual Result<JournalBounds> bounds() = 0;
    [[nodiscard]] virtual Result<std::vector<Cursor>> cursors() = 0;
    // All when `destination` is empty-optional; "" means quarantined. Ascending by number, after `after`.
    [[nodiscard]] virtual Result<std::vector<HeldItem>> held(std::optional<std::string> destination,
                                                             JournalNumber after, int limit) = 0;
    [[nodiscard]] virtual Result<std::vector<HeldCount>> held_counts() = 0;
    [[nodiscard]] virtual Result<KeyState> key_state() = 0;
    // From now on; before the writer seals with a new one.
    virtual void use_keys(BodyKeys keys) = 0;
    // A walk over the whole chain, from the oldest entry kept; the reader outlives it.
    [[nodiscard]] virtual Result<std::unique_ptr<ChainWalk>> walk_chain() = 0;
    // The whole walk at once. `progress(done, total)` may be empty.
    [[nodiscard]] Result<Verification> verify(const std::function<void(std::int64_t, std::int64_t)>& progress);
};

}  // namespace tillkeeper::storage
