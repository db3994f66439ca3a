#include "storage/progress_rows.h"

#include <algorithm>

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kHold =
    "INSERT INTO held (destination, number, state, reason, waits_for, body_number, since)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (destination, number) DO UPDATE SET state = excluded.state,"
    " reason = excluded.reason, waits_for = excluded.waits_for, body_number = excluded.body_number,"
    " since = excluded.since WHERE excluded.body_number >= body_number";
// What it should wait for was delivered or skipped in the meantime.
constexpr std::string_view kUnlessGone =
    "UPDATE held SET state = 2, waits_for = 0 WHERE destination = ?1 AND number = ?2 AND state = 1"
    " AND NOT EXISTS (SELECT 1 FROM held WHERE destination = ?1 AND number = ?3)";
constexpr std::string_view kRemove = "DELETE FROM held WHERE destination = ?1 AND number = ?2";
constexpr std::string_view kWake =
    "UPDATE held SET state = 2, waits_for = 0 WHERE destination = ?1 AND waits_for = ?2 AND waits_for <> 0";
constexpr std::string_view kBooked =
    "INSERT INTO documents (number, destination, document) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE"
    " SET document = excluded.document WHERE excluded.document <> document";
constexpr std::string_view kCursor =
    "INSERT INTO cursors (destination, number) VALUES (?1, ?2)"
    " ON CONFLICT (destination) DO UPDATE SET number = excluded.number WHERE excluded.number > number";
constexpr std::string_view kFind =
    "SELECT destination, number, state, reason, waits_for, body_number, since FROM held"
    " WHERE destination = ?1 AND number = ?2";
constexpr std::string_view kRegister =
    "INSERT INTO cursors (destination, number) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
constexpr std::string_view kRegistered = "SELECT 1 FROM cursors WHERE destination = ?1";

std::string place_of(const HeldItem& item) {
    return item.destination + ' ' + std::to_string(item.number);
}

}  // namespace

Result<std::string> stored_reason(const HeldItem& item, const BodyCodec& codec) {
    return codec.encode_text(item.reason, place_of(item));
}

HeldItem held_item(const Statement& statement, const BodyCodec& codec) {
    HeldItem item;
    item.destination = statement.bytes(0);
    item.number = statement.integer(1);
    item.state = static_cast<HeldState>(statement.integer(2));
    item.reason = codec.decode_text(statement.bytes(3), place_of(item));
    item.waits_for = statement.integer(4);
    item.body_number = statement.integer(5);
    item.since = WallTime(Duration(statement.integer(6)));
    return item;
}

Result<ProgressRows> ProgressRows::prepare(Connection& connection, const BodyCodec& codec) {
    ProgressRows rows(codec);
    for (auto [statement, sql] : {std::pair(&rows.hold_, kHold),
                                  {&rows.unless_gone_, kUnlessGone},
                                  {&rows.remove_, kRemove},
                                  {&rows.wake_, kWake},
                                  {&rows.booked_, kBooked},
                                  {&rows.cursor_, kCursor},
                                  {&rows.find_, kFind},
                                  {&rows.register_, kRegister},
                                  {&rows.registered_, kRegistered}}) {
        auto prepared = connection.prepare(sql);
        if (!prepared) return std::unexpected(std::move(prepared.error()));
        *statement = std::move(*prepared);
    }
    return rows;
}

Result<bool> documents_whole(Connection& connection) {
    auto sum = connection.integer("SELECT total(number) + total(length(document)) FROM documents");
    if (sum) return true;
    if (sum.error().code == ErrorCode::kCorrupt) return false;
    return std::unexpected(std::move(sum.error()));
}

Result<void> ProgressRows::apply(const Progress& progress, JournalNumber newest, bool documents_whole) {
    const std::string_view destination = progress.destination;
    for (const auto& item : progress.hold)
        if (auto done = hold(item); !done) return done;
    for (const auto& item : progress.hold) {
        if (item.state != HeldState::kWaiting) continue;
        unless_gone_.bind(1, destination).bind(2, item.number).bind(3, item.waits_for);
        if (auto done = unless_gone_.run(); !done) return done;
    }
    for (const auto number : progress.delivered)
        if (auto done = release(progress.destination, number); !done) return done;
    for (const auto& one : progress.booked) {
        if (!documents_whole || one.number > newest || one.document.empty() || one.document.size() > kDocumentBytesMax)
            continue;
        booked_.bind(1, one.number).bind(2, destination).bind(3, std::string_view(one.document));
        if (auto done = booked_.run(); !done) return done;
    }
    if (progress.cursor <= 0) return {};
    return cursor_.bind(1, destination).bind(2, std::min(progress.cursor, newest)).run();
}

Result<void> ProgressRows::hold(const HeldItem& item) {
    const bool waits = item.state == HeldState::kWaiting;
    auto reason = stored_reason(item, *codec_);
    if (!reason) return std::unexpected(std::move(reason.error()));
    hold_.bind(1, std::string_view(item.destination)).bind(2, item.number);
    hold_.bind(3, static_cast<std::int64_t>(item.state)).bind(4, std::string_view(*reason));
    hold_.bind(5, waits ? item.waits_for : 0).bind(6, item.body_number == 0 ? item.number : item.body_number);
    return hold_.bind(7, item.since.time_since_epoch().count()).run();
}

Result<void> ProgressRows::release(const std::string& destination, JournalNumber number) {
    if (auto done = remove_.bind(1, std::string_view(destination)).bind(2, number).run(); !done) return done;
    return wake_.bind(1, std::string_view(destination)).bind(2, number).run();
}

Result<std::optional<HeldItem>> ProgressRows::find(const std::string& destination, JournalNumber number) {
    const ResetAtEnd reset(find_);
    auto row = find_.bind(1, std::string_view(destination)).bind(2, number).step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return std::nullopt;
    return held_item(find_, *codec_);
}

Result<bool> ProgressRows::all_registered(std::span<const std::string> names) {
    for (const auto& name : names) {
        const ResetAtEnd reset(registered_);
        auto row = registered_.bind(1, std::string_view(name)).step();
        if (!row || !*row) return row;
    }
    return true;
}

Result<void> ProgressRows::register_destinations(std::span<const std::string> names, JournalNumber start) {
    for (const auto& name : names)
        if (auto done = register_.bind(1, std::string_view(name)).bind(2, start).run(); !done) return done;
    return {};
}

}  // namespace tillkeeper::storage
