#include "agent/lookups/own_movements.h"

#include <algorithm>
#include <utility>

#include "agent/lookups/mirror_answers.h"
#include "agent/lookups/record_text.h"
#include "platform/log.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSlice = 200;  // a few milliseconds
// Of one entry: a till that writes nonsense must not make sums overflow.
constexpr std::int64_t kMovedMax = 1'000'000'000'000;
constexpr std::int64_t kPointsMax = 1'000'000'000;

}  // namespace

Moved moved_stock(const std::string& type, const std::string& body) {
    Moved moved;
    if (type != "sale" && type != "return" && type != "exchange") return moved;
    if (!sync::is_json(body)) return moved;
    for (sync::JsonPieces lines(sync::json_member(body, "lines")); lines.next();) {
        const auto sku = text_member(lines.value(), "sku");
        if (sku.empty() || sku.size() > storage::kMirrorKeyBytesMax) continue;
        const auto quantity = thousandths(sync::json_member(lines.value(), "quantity")).value_or(1000);
        moved[sku] += type == "return" ? -std::abs(quantity) : quantity;
    }
    for (auto& [sku, amount] : moved) amount = std::clamp(amount, -kMovedMax, kMovedMax);
    return moved;
}

Moved moved_points(const std::string& type, const std::string& body) {
    // What is taken from a lease has left the balance before; what is voided was never approved.
    if (type != "redemption" || !sync::is_json(body) || !sync::json_member(body, "lease").empty()) return {};
    const auto member = text_member(body, "member_id");
    const auto points = sync::json_integer(sync::json_member(body, "points")).value_or(0);
    if (member.empty() || member.size() > storage::kMirrorKeyBytesMax) return {};
    if (points < 1 || points > kPointsMax) return {};
    return {{member, points}};
}

OwnMovements::OwnMovements(const std::vector<sync::SourceConfig>& collections, MovementParts parts)
    : parts_(std::move(parts)) {
    for (const auto& collection : collections) {
        if (collection.collection == kStockCollection) stock_knows_ = collection.knows_deliveries_of;
        if (collection.collection == kMembersCollection) points_knows_ = collection.knows_deliveries_of;
    }
}

void OwnMovements::wake() {
    if ((stock_knows_.empty() && points_knows_.empty()) || std::exchange(posted_, true)) return;
    parts_.loop.post([this] { slice(); });
}

void OwnMovements::slice() {
    posted_ = false;
    const auto more = step();
    if (!more) log(LogLevel::kWarning, "own movements not read", {{"reason", more.error().message}});
    if (more && *more) wake();
}

void OwnMovements::pulled(const std::string& collection) {
    const auto state = parts_.mirrors.state(collection);
    if (!state || state->delivered == 0) return;
    if (auto forgot = parts_.mirrors.forget_movements(collection, state->delivered); !forgot)
        log(LogLevel::kDebug, "movements not forgotten", {{"reason", forgot.error().message}});
}

// A store that begins to follow them has no use for what the clouds have had long ago.
Result<storage::JournalNumber> OwnMovements::where_to_begin() {
    const auto read = parts_.mirrors.movements_read();
    if (!read || *read > 0) return read;
    std::vector<storage::JournalNumber> known;
    if (!stock_knows_.empty()) known.push_back(parts_.delivered(stock_knows_));
    if (!points_knows_.empty()) known.push_back(parts_.delivered(points_knows_));
    return std::ranges::min(known);
}

Result<bool> OwnMovements::step() {
    const auto from = where_to_begin();
    if (!from) return std::unexpected(from.error());
    const auto entries = parts_.journal.read_after(*from, {.entries_max = kSlice});
    if (!entries) return std::unexpected(entries.error());
    if (entries->empty()) return false;
    if (auto begun = parts_.mirrors.begin_group(); !begun) return std::unexpected(begun.error());
    Result<void> taken;
    for (const auto& entry : *entries)
        if (taken = take(entry); !taken) break;
    if (taken) taken = parts_.mirrors.set_movements_read(entries->back().number);
    // Also when one could not be taken: it is read again, and those that were taken change nothing then.
    const auto committed = parts_.mirrors.commit_group();
    if (!taken) return std::unexpected(taken.error());
    if (!committed) return std::unexpected(committed.error());
    return entries->size() == kSlice;
}

Result<void> OwnMovements::take(const storage::Entry& entry) {
    using storage::EntryKind;
    const bool counts = entry.kind == EntryKind::kTransaction || entry.kind == EntryKind::kReleased;
    if (!counts || !entry.damaged.empty()) return {};
    if (entry.type != "void") return move(entry.number, entry.type, entry.body, 1);
    const auto number = parts_.journal.number_of(entry.refers_to);
    if (!number) return std::unexpected(number.error());
    if (!*number) return {};
    const auto voided = parts_.journal.entry(**number);
    if (!voided) return std::unexpected(voided.error());
    return *voided ? move(entry.number, (*voided)->type, (*voided)->body, -1) : Result<void>{};
}

Result<void> OwnMovements::move(storage::JournalNumber number, const std::string& type, const std::string& body,
                                int sign) {
    if (!stock_knows_.empty())
        if (auto added = add(std::string(kStockCollection), number, moved_stock(type, body), sign); !added)
            return added;
    if (points_knows_.empty()) return {};
    return add(std::string(kMembersCollection), number, moved_points(type, body), sign);
}

Result<void> OwnMovements::add(const std::string& collection, storage::JournalNumber number, const Moved& moved,
                               int sign) {
    for (const auto& [key, amount] : moved)
        if (auto added = parts_.mirrors.add_movement(collection, key, number, sign * amount); !added) return added;
    return {};
}

}  // namespace tillkeeper::agent
