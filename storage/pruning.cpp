#include "storage/pruning.h"

#include <algorithm>

#include "storage/entry_rows.h"
#include "storage/pots.h"
#include "storage/schema.h"

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kLimits =
    "SELECT (SELECT number FROM entries ORDER BY number LIMIT 1),"
    " (SELECT number FROM entries ORDER BY number DESC LIMIT 1),"
    " (SELECT min(number) FROM cursors), (SELECT number FROM held ORDER BY number LIMIT 1)";

constexpr std::string_view kAge =
    "SELECT arrived_at, clock_trusted, monotonic, (SELECT boot_id FROM boots WHERE id = boot) FROM entries"
    " WHERE number = ?1";

enum class Age : std::uint8_t { kOld, kYoung, kUnknown };

struct Range {
    JournalNumber first = 0;
    JournalNumber last = -1;  // the last that no cursor and no held row needs
};

Result<Range> candidates(Connection& connection) {
    auto statement = connection.prepare(kLimits);
    if (!statement) return std::unexpected(std::move(statement.error()));
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (statement->is_null(0)) return Range{};
    Range range{statement->integer(0), statement->integer(1) - 1};
    if (!statement->is_null(2)) range.last = std::min(range.last, statement->integer(2));
    if (!statement->is_null(3)) range.last = std::min(range.last, statement->integer(3) - 1);
    return range;
}

Result<Age> age_of(Statement& select, JournalNumber number, const Horizon& before) {
    const ResetAtEnd reset(select);
    auto row = select.bind(1, number).step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return Age::kUnknown;
    // A wall clock that jumps makes nothing old or young that came since this boot.
    if (!before.boot_id.empty() && select.bytes(3) == before.boot_id)
        return select.integer(2) < before.monotonic.time_since_epoch().count() ? Age::kOld : Age::kYoung;
    const std::int64_t arrived = select.integer(0);
    if (select.integer(1) == 0 || arrived > before.now.time_since_epoch().count()) return Age::kUnknown;
    return arrived < before.wall.time_since_epoch().count() ? Age::kOld : Age::kYoung;
}

// The last entry in [first, last] that is old for sure; first - 1 when none is.
Result<JournalNumber> last_old(Connection& connection, Range slice, JournalNumber newest, const Horizon& before) {
    auto select = connection.prepare(kAge);
    if (!select) return std::unexpected(std::move(select.error()));
    JournalNumber found = slice.first - 1;
    for (JournalNumber number = slice.first; number <= slice.last; ++number) {
        auto age = age_of(*select, number, before);
        if (!age) return std::unexpected(std::move(age.error()));
        if (*age == Age::kYoung) return found;
        if (*age == Age::kOld) found = number;
    }
    // The clock was not trusted towards the end of the slice: one later old entry makes all before it old.
    for (JournalNumber step = 1, number = slice.last; found < slice.last && number < newest; step *= 2) {
        number = std::min(slice.last + step, newest);
        auto age = age_of(*select, number, before);
        if (!age) return std::unexpected(std::move(age.error()));
        if (*age == Age::kYoung) break;
        if (*age == Age::kOld) found = slice.last;
    }
    return found;
}

Result<void> remove_through(Connection& connection, JournalNumber last) {
    auto hash = connection.prepare("SELECT hash FROM entries WHERE number = ?1");
    if (!hash) return std::unexpected(std::move(hash.error()));
    auto row = hash->bind(1, last).step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return fail(ErrorCode::kCorrupt, "journal: entry " + std::to_string(last) + " is missing");
    const std::string anchor = to_hex(to_digest(hash->bytes(0)));
    hash->reset();
    if (auto done = set_meta(connection, "anchor_hash", anchor); !done) return done;
    if (auto done = set_meta(connection, "anchor_number", std::to_string(last)); !done) return done;
    auto remove = connection.prepare("DELETE FROM entries WHERE number <= ?1");
    if (!remove) return std::unexpected(std::move(remove.error()));
    return remove->bind(1, last).run();
}

Result<void> remove_documents_through(Connection& connection, JournalNumber last) {
    auto remove = connection.prepare("DELETE FROM documents WHERE number <= ?1");
    if (!remove) return std::unexpected(std::move(remove.error()));
    return remove->bind(1, last).run();
}

Result<void> remove_slice(OpenFile& file, JournalNumber last) {
    Connection& connection = file.connection;
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return begun;
    if (auto done = remove_through(connection, last); !done) return done;
    if (file.documents_whole)
        if (auto done = remove_documents_through(connection, last); !done) return done;
    if (file.pots_whole)
        if (auto done = remove_pots_through(connection, last); !done) return done;
    return connection.execute("COMMIT");
}

}  // namespace

Result<std::int64_t> prune_entries(OpenFile& file, const Horizon& before, std::int64_t rows_max) {
    Connection& connection = file.connection;
    auto range = candidates(connection);
    if (!range) return std::unexpected(std::move(range.error()));
    const JournalNumber newest = range->last;
    const Range slice{range->first, std::min(range->last, range->first + rows_max - 1)};
    if (slice.last < slice.first) return 0;
    auto last = last_old(connection, slice, newest, before);
    if (!last) return std::unexpected(std::move(last.error()));
    if (*last < slice.first) return 0;
    // Zeros in pages that become free would double what is written; an erasure overwrites them where it matters.
    if (auto set = connection.execute("PRAGMA secure_delete = FAST"); !set)
        return std::unexpected(std::move(set.error()));
    auto gone = remove_slice(file, *last);
    if (auto set = connection.execute("PRAGMA secure_delete = ON"); gone && !set)
        return std::unexpected(std::move(set.error()));
    if (!gone) return std::unexpected(std::move(gone.error()));
    return *last - slice.first + 1;
}

}  // namespace tillkeeper::storage
