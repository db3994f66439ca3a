#include "tests/crash/states_books.h"

#include <algorithm>

#include "storage/entry_rows.h"
#include "storage/hash_chain.h"
#include "storage/schema.h"

namespace tillkeeper::crash {

using storage::Decision;
using storage::EntryKind;
using storage::HeldState;
using storage::JournalNumber;
using storage::NewEntry;
using storage::Progress;

std::vector<JournalNumber> Books::commit(std::span<const NewEntry> entries, std::span<const Progress> progress) {
    std::vector<JournalNumber> numbers;
    for (const auto& entry : entries) numbers.push_back(accept(entry));
    for (const auto& one : progress) apply(one);
    return numbers;
}

JournalNumber Books::accept(const NewEntry& entry) {
    bool used = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].id != entry.transaction_id || rows[i].kind == EntryKind::kAction) continue;
        if (rows[i].body == entry.body) return first + static_cast<JournalNumber>(i);
        used = true;
    }
    if (!used && !spend(entry.spends)) return 0;
    const EntryKind kind = used ? EntryKind::kQuarantined : entry.kind;
    rows.push_back({kind, entry.transaction_id, entry.body, entry.repairs});
    if (kind == EntryKind::kQuarantined) held[{"", newest()}] = {HeldState::kHeld, 0, newest()};
    return newest();
}

bool Books::spend(const std::vector<storage::Spend>& spends) {
    auto after = pots;
    for (const auto& one : spends) {
        Pot& pot = after[one.pot];
        if (pot.spent + one.amount > one.limit || pot.spent != one.expected.value_or(pot.spent)) return false;
        pot = {pot.spent + one.amount, newest() + 1};
    }
    pots = std::move(after);
    return true;
}

void Books::apply(const Progress& progress) {
    const std::string& name = progress.destination;
    for (const auto& item : progress.hold) {
        const JournalNumber body = item.body_number == 0 ? item.number : item.body_number;
        const auto there = held.find({item.destination, item.number});
        if (there != held.end() && body < there->second.body_number) continue;
        held[{item.destination, item.number}] = {item.state, item.state == HeldState::kWaiting ? item.waits_for : 0,
                                                 body};
    }
    for (const auto& item : progress.hold) {
        if (item.state != HeldState::kWaiting || held.contains({name, item.waits_for})) continue;
        auto& row = held[{name, item.number}];
        if (row.state == HeldState::kWaiting) row = {HeldState::kReady, 0, row.body_number};
    }
    for (const auto number : progress.delivered) release(name, number);
    for (const auto& one : progress.booked) documents[{one.number, name}] = one.document;
    if (progress.cursor > 0) cursors[name] = std::max(cursors[name], std::min(progress.cursor, newest()));
}

void Books::release(const std::string& destination, JournalNumber number) {
    held.erase({destination, number});
    for (auto& [key, row] : held)
        if (key.first == destination && row.waits_for == number) row = {HeldState::kReady, 0, row.body_number};
}

void Books::decide(const Decision& decision) {
    const auto place = std::pair(decision.destination, decision.number);
    if (!held.contains(place)) return;
    const Row original = rows.at(static_cast<std::size_t>(decision.number - first));
    const bool released = decision.destination.empty() && decision.kind != Decision::Kind::kSkip;
    Row row{released ? EntryKind::kReleased : EntryKind::kAction, original.id, "", decision.number};
    if (decision.kind == Decision::Kind::kRepair) row.body = decision.body;
    if (released && decision.kind == Decision::Kind::kRetry) row.body = original.body;
    rows.push_back(row);
    if (decision.destination.empty() || decision.kind == Decision::Kind::kSkip) {
        release(decision.destination, decision.number);
        return;
    }
    const JournalNumber body = decision.kind == Decision::Kind::kRepair ? newest() : held[place].body_number;
    held[place] = {HeldState::kReady, 0, body};
}

void Books::add_destinations(std::span<const std::string> names) {
    for (const auto& name : names) cursors.try_emplace(name, rows.empty() ? newest() : first - 1);
}

void Books::erase(const std::string& needle, const std::string& left) {
    std::string list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].body.find(needle) == std::string::npos) continue;
        rows[i].body = left;
        list += (list.empty() ? "[" : ",") + std::string("{\"number\":") +
                std::to_string(first + static_cast<JournalNumber>(i)) + ",\"sha256\":\"" + to_hex(sha256(left)) + "\"}";
    }
    if (!list.empty()) rows.push_back({EntryKind::kAction, "erasure", list + ']', 0});
}

void Books::prune(std::int64_t rows_max) {
    JournalNumber last = newest() - 1;
    for (const auto& [name, number] : cursors) last = std::min(last, number);
    for (const auto& [place, row] : held) last = std::min(last, place.second - 1);
    const auto count = std::clamp<std::int64_t>(last - first + 1, 0, rows_max);
    rows.erase(rows.begin(), rows.begin() + count);
    first += count;
    std::erase_if(pots, [&](const auto& pot) { return pot.second.number < first; });
    std::erase_if(documents, [&](const auto& one) { return one.first.first < first; });
}

std::string difference(const Books& expected, const Books& found) {
    if (expected == found) return "";
    if (expected.first != found.first)
        return "it begins with " + std::to_string(found.first) + " and not with " + std::to_string(expected.first);
    if (expected.rows.size() != found.rows.size())
        return std::to_string(found.rows.size()) + " entries and not " + std::to_string(expected.rows.size());
    if (expected.rows != found.rows) return "an entry has other content";
    if (expected.pots != found.pots) return "a pot has given another sum";
    if (expected.documents != found.documents) return "a document's number differs";
    return expected.cursors != found.cursors ? "a cursor stands elsewhere" : "held rows differ";
}

namespace {

Result<void> check_file(storage::Connection& connection) {
    auto fine = connection.text("PRAGMA integrity_check");
    if (!fine) return std::unexpected(std::move(fine.error()));
    if (*fine != "ok") return fail(ErrorCode::kCorrupt, "integrity_check: " + *fine);
    return {};
}

// Number and hash of the last entry that was pruned, in hex as the file has them.
Result<std::pair<std::string, std::string>> read_anchor(storage::Connection& connection) {
    auto number = storage::meta_text(connection, "anchor_number");
    if (!number) return std::unexpected(std::move(number.error()));
    auto hash = storage::meta_text(connection, "anchor_hash");
    if (!hash) return std::unexpected(std::move(hash.error()));
    return std::pair(number->empty() ? "0" : *number, hash->empty() ? std::string(64, '0') : *hash);
}

// Each entry follows the one before it, from the anchor on.
Result<void> check_chain(storage::Connection& connection, const std::vector<storage::Entry>& entries) {
    auto anchor = read_anchor(connection);
    if (!anchor) return std::unexpected(std::move(anchor.error()));
    JournalNumber last = std::stoll(anchor->first);
    Digest hash{};
    for (std::size_t i = 0; i < hash.size(); ++i)
        hash[i] = static_cast<std::uint8_t>(std::stoi(anchor->second.substr(2 * i, 2), nullptr, 16));
    for (const auto& entry : entries) {
        if (entry.number != ++last) return fail(ErrorCode::kCorrupt, "number " + std::to_string(last) + " is missing");
        hash = storage::chain_hash(hash, last, entry, entry.body_digest);
        if (hash != entry.hash)
            return fail(ErrorCode::kCorrupt, "number " + std::to_string(last) + " has a wrong hash");
    }
    return {};
}

Result<void> read_positions(storage::Connection& connection, Books& books) {
    auto cursors = connection.prepare("SELECT destination, number FROM cursors");
    auto held = connection.prepare("SELECT destination, number, state, waits_for, body_number FROM held");
    auto pots = connection.prepare("SELECT name, spent, number FROM pots");
    auto documents = connection.prepare("SELECT number, destination, document FROM documents");
    if (!cursors || !held || !pots || !documents) return fail(ErrorCode::kInternal, "a table is missing");
    auto row = cursors->step();
    for (; row && *row; row = cursors->step()) books.cursors[std::string(cursors->bytes(0))] = cursors->integer(1);
    if (!row) return std::unexpected(std::move(row.error()));
    for (row = held->step(); row && *row; row = held->step())
        books.held[{std::string(held->bytes(0)), held->integer(1)}] = {static_cast<HeldState>(held->integer(2)),
                                                                       held->integer(3), held->integer(4)};
    if (!row) return std::unexpected(std::move(row.error()));
    for (row = pots->step(); row && *row; row = pots->step())
        books.pots[std::string(pots->bytes(0))] = {pots->integer(1), pots->integer(2)};
    if (!row) return std::unexpected(std::move(row.error()));
    for (row = documents->step(); row && *row; row = documents->step())
        books.documents[{documents->integer(0), std::string(documents->bytes(1))}] = documents->bytes(2);
    if (!row) return std::unexpected(std::move(row.error()));
    return {};
}

}  // namespace

Result<Books> read_books(storage::Connection& connection, storage::BodyCodec& codec) {
    if (auto fine = check_file(connection); !fine) return std::unexpected(std::move(fine.error()));
    auto rows = storage::EntryRows::prepare(connection, codec);
    if (!rows) return std::unexpected(std::move(rows.error()));
    auto entries = rows->read_after(0, {.entries_max = 100'000, .bytes_max = std::size_t{1} << 30});
    if (!entries) return std::unexpected(std::move(entries.error()));
    if (auto fine = check_chain(connection, *entries); !fine) return std::unexpected(std::move(fine.error()));
    Books books;
    if (!entries->empty()) books.first = entries->front().number;
    for (auto& entry : *entries)
        books.rows.push_back({entry.kind, std::move(entry.transaction_id), std::move(entry.body), entry.repairs});
    if (auto fine = read_positions(connection, books); !fine) return std::unexpected(std::move(fine.error()));
    return books;
}

}  // namespace tillkeeper::crash
