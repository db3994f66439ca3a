#include "storage/resealing.h"

#include <charconv>
#include <utility>
#include <vector>

#include "storage/key_checks.h"
#include "storage/open_file.h"
#include "storage/schema.h"

namespace tillkeeper::storage {
namespace {

constexpr std::int64_t kSliceRows = 128;
constexpr std::string_view kRows = "SELECT number, hash, body FROM entries WHERE number > ?1 ORDER BY number LIMIT ?2";

const std::string kReasons =
    "SELECT " + std::string(kHeldColumns) + " FROM held WHERE number > ?1 AND number <= ?2 AND reason <> ''";

struct Slice {
    JournalNumber last = 0;
    std::int64_t rows = 0;
    std::vector<std::pair<JournalNumber, std::string>> bodies;
};

Result<Slice> read_slice(const JournalParts& journal, JournalNumber after) {
    auto rows = journal.file.connection.kept(kRows);
    if (!rows) return std::unexpected(std::move(rows.error()));
    const ResetAtEnd reset(**rows);
    (*rows)->bind(1, after).bind(2, kSliceRows);
    Slice slice;
    while (true) {
        auto row = (*rows)->step();
        // A damaged page: selling goes on with what is beyond it, so does this.
        if (!row && row.error().code == ErrorCode::kCorrupt)
            return fail(ErrorCode::kUnavailable, "journal: a page of it is damaged; the older keys stay needed");
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return slice;
        slice.last = (*rows)->integer(0);
        ++slice.rows;
        auto sealed = journal.codec.reseal((*rows)->bytes(2), to_digest((*rows)->bytes(1)));
        if (sealed && *sealed) slice.bodies.emplace_back(slice.last, std::move(**sealed));
    }
}

// What is held of the entries in between, with the reasons why.
Result<std::vector<HeldItem>> read_held(const JournalParts& journal, JournalNumber after, JournalNumber last) {
    auto rows = journal.file.connection.kept(kReasons);
    if (!rows) return std::unexpected(std::move(rows.error()));
    const ResetAtEnd reset(**rows);
    (*rows)->bind(1, after).bind(2, last);
    std::vector<HeldItem> held;
    while (true) {
        auto row = (*rows)->step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return held;
        held.push_back(held_item(**rows, journal.codec));
    }
}

Result<void> write_reasons(const JournalParts& journal, const std::vector<HeldItem>& held) {
    auto update = journal.file.connection.kept("UPDATE held SET reason = ?3 WHERE destination = ?1 AND number = ?2");
    if (!update) return std::unexpected(std::move(update.error()));
    for (const auto& item : held) {
        auto reason = stored_reason(item, journal.codec);
        if (!reason) return std::unexpected(std::move(reason.error()));
        (*update)->bind(1, std::string_view(item.destination)).bind(2, item.number).bind(3, std::string_view(*reason));
        if (auto done = (*update)->run(); !done) return done;
    }
    return {};
}

Result<void> write_bodies(Connection& connection, const Slice& slice) {
    auto update = connection.kept("UPDATE entries SET body = ?2 WHERE number = ?1");
    if (!update) return std::unexpected(std::move(update.error()));
    for (const auto& [number, body] : slice.bodies)
        if (auto done = (*update)->bind(1, number).bind_blob(2, body).run(); !done) return done;
    return set_meta(connection, "resealed_up_to", std::to_string(slice.last));
}

Result<void> finish(Connection& connection, const std::string& current) {
    if (auto done = set_key_checks(connection, {current}); !done) return done;
    return set_meta(connection, "scrub_due", "1");  // what lay plain may have left copies
}

Result<JournalNumber> up_to(Connection& connection) {
    auto text = meta_text(connection, "resealed_up_to");
    if (!text) return std::unexpected(std::move(text.error()));
    JournalNumber number = 0;
    std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

}  // namespace

Result<bool> KeyChange::slice(const JournalParts& journal) {
    auto checked = check_keys(journal.file.connection, keys_, true);
    if (!checked && checked.error().code == ErrorCode::kCorrupt)
        return fail(ErrorCode::kInvalid, checked.error().message);
    if (!checked) return std::unexpected(std::move(checked.error()));
    journal.codec.use(std::move(keys_));
    return false;
}

Result<bool> Resealing::slice(const JournalParts& journal) {
    Connection& connection = journal.file.connection;
    auto checks = key_checks(connection);
    if (!checks) return std::unexpected(std::move(checks.error()));
    if (checks->size() < 2) return false;
    auto from = up_to(connection);
    if (!from) return std::unexpected(std::move(from.error()));
    newest_ = journal.tail.number;
    auto slice = read_slice(journal, *from);
    if (!slice) return std::unexpected(std::move(slice.error()));
    auto held = read_held(journal, *from, slice->rows == kSliceRows ? slice->last : newest_);
    if (!held) return std::unexpected(std::move(held.error()));
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return std::unexpected(std::move(begun.error()));
    // What comes from here on is sealed with the current key: a slice that is not full is the last one.
    const bool more = slice->rows == kSliceRows;
    auto written = write_bodies(connection, *slice);
    if (written) written = write_reasons(journal, *held);
    if (written && !more) written = finish(connection, checks->front());
    if (!written) return std::unexpected(std::move(written.error()));
    if (auto done = connection.execute("COMMIT"); !done) return std::unexpected(std::move(done.error()));
    up_to_ = slice->last;
    return more;
}

}  // namespace tillkeeper::storage
