#include "storage/entry_rows.h"

#include <algorithm>
#include <cstring>

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO entries (number, kind, transaction_id, body_tag, arrived_at, monotonic, boot, clock_trusted, hash,"
    " till, till_sequence, type, business_day, occurred_at, refers_to, receipt, problems, repairs, body, traceparent)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,NULLIF(?20,''))";
constexpr std::string_view kTwins =
    "SELECT number, hash, body_tag, body, kind FROM entries WHERE transaction_id = ?1 AND kind IN (0, 1, 2) ORDER BY "
    "number";
constexpr std::string_view kColumns =
    "SELECT number, kind, transaction_id, body_tag, arrived_at, monotonic,"
    " (SELECT boot_id FROM boots WHERE id = boot), clock_trusted, hash, till, till_sequence, type, business_day,"
    " occurred_at, refers_to, receipt, problems, repairs, body, traceparent FROM entries";
const std::string kAfter = std::string(kColumns) + " WHERE number > ?1 ORDER BY number";
const std::string kOne = std::string(kColumns) + " WHERE number = ?1";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool is_dash_place(std::size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

std::string uuid_bytes(std::string_view id) {
    if (id.size() != 36) return {};
    std::string bytes;
    for (std::size_t at = 0; at < id.size();) {
        if (is_dash_place(at)) {
            if (id[at++] != '-') return {};
            continue;
        }
        const int high = hex_value(id[at]);
        const int low = hex_value(id[at + 1]);
        if (high < 0 || low < 0) return {};
        bytes.push_back(static_cast<char>(high * 16 + low));
        at += 2;
    }
    return bytes;
}

std::int64_t tag_of(const Digest& digest) {
    std::uint64_t tag = 0;
    for (std::size_t at = 0; at < 8; ++at) tag = tag << 8 | digest[at];
    return static_cast<std::int64_t>(tag);
}

WallTime wall(std::int64_t microseconds) {
    return WallTime(Duration(microseconds));
}

}  // namespace

PackedId::PackedId(std::string_view id) : bytes(uuid_bytes(id)), uuid(!bytes.empty()) {
    if (!uuid) bytes = id;
}

void PackedId::bind(Statement& statement, int index) const {
    if (uuid)
        statement.bind_blob(index, bytes);
    else
        statement.bind(index, std::string_view(bytes));
}

std::string unpack_id(const Statement& statement, int column) {
    const bool packed = statement.is_blob(column);
    const std::string_view bytes = statement.bytes(column);
    if (!packed || bytes.size() != 16) return std::string(bytes);
    std::string id = to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
    for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, 1, '-');
    return id;
}

Digest to_digest(std::string_view bytes) {
    Digest digest{};
    std::memcpy(digest.data(), bytes.data(), std::min(bytes.size(), digest.size()));
    return digest;
}

std::string_view as_bytes(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Result<EntryRows> EntryRows::prepare(Connection& connection, BodyCodec& codec) {
    EntryRows rows(connection, codec);
    for (auto [statement, sql] : {std::pair(&rows.insert_, kInsert),
                                  {&rows.twins_, kTwins},
                                  {&rows.after_, std::string_view(kAfter)},
                                  {&rows.one_, std::string_view(kOne)}}) {
        auto prepared = connection.prepare(sql);
        if (!prepared) return std::unexpected(std::move(prepared.error()));
        *statement = std::move(*prepared);
    }
    return rows;
}

Result<std::int64_t> EntryRows::boot_row(const std::string& boot_id) {
    if (const auto known = boots_.find(boot_id); known != boots_.end()) return known->second;
    auto insert = connection_->prepare("INSERT INTO boots (boot_id) VALUES (?1) ON CONFLICT DO NOTHING");
    if (!insert) return std::unexpected(std::move(insert.error()));
    if (auto done = insert->bind(1, std::string_view(boot_id)).run(); !done)
        return std::unexpected(std::move(done.error()));
    auto select = connection_->prepare("SELECT id FROM boots WHERE boot_id = ?1");
    if (!select) return std::unexpected(std::move(select.error()));
    auto row = select->bind(1, std::string_view(boot_id)).step();
    if (!row) return std::unexpected(std::move(row.error()));
    boots_.clear();  // one boot at a time is current
    return boots_[boot_id] = select->integer(0);
}

Result<void> EntryRows::note_clock(const ClockSight& sight) {
    auto boot = boot_row(sight.boot_id);
    if (!boot) return std::unexpected(std::move(boot.error()));
    auto statement = connection_->prepare("UPDATE boots SET clock_offset = ?2 WHERE id = ?1");
    if (!statement) return std::unexpected(std::move(statement.error()));
    return statement->bind(1, *boot).bind(2, sight.offset.count()).run();
}

Result<void> EntryRows::append(const NewEntry& entry, const Digest& body_digest, ChainLink& tail) {
    auto boot = boot_row(entry.arrival.boot_id);
    if (!boot) return std::unexpected(std::move(boot.error()));
    const ChainLink next{tail.number + 1, chain_hash(tail.hash, tail.number + 1, entry, body_digest)};
    auto stored = codec_->encode(entry.body, next.hash);
    if (!stored) return std::unexpected(std::move(stored.error()));
    const PackedId id(entry.transaction_id);
    const PackedId refers_to(entry.refers_to);
    insert_.bind(1, next.number).bind(2, static_cast<std::int64_t>(entry.kind)).bind(4, tag_of(body_digest));
    insert_.bind(5, entry.arrival.arrived_at.time_since_epoch().count());
    insert_.bind(6, entry.arrival.monotonic.time_since_epoch().count());
    insert_.bind(7, *boot).bind(8, std::int64_t{entry.arrival.clock_trusted}).bind_blob(9, as_bytes(next.hash));
    insert_.bind(10, std::string_view(entry.till)).bind(12, std::string_view(entry.type));
    insert_.bind(13, std::string_view(entry.business_day)).bind(14, std::string_view(entry.occurred_at));
    insert_.bind(16, std::string_view(entry.receipt)).bind(17, std::string_view(entry.problems));
    insert_.bind(18, entry.repairs).bind_blob(19, *stored);
    id.bind(insert_, 3);
    refers_to.bind(insert_, 15);
    insert_.bind(20, std::string_view(entry.traceparent));
    if (entry.till_sequence)
        insert_.bind(11, *entry.till_sequence);
    else
        insert_.bind_null(11);
    if (auto done = insert_.run(); !done) return done;
    tail = next;
    return {};
}

Result<std::vector<Twin>> EntryRows::twins(const std::string& transaction_id, const Digest& body_digest) {
    const PackedId id(transaction_id);
    id.bind(twins_, 1);
    const ResetAtEnd reset(twins_);
    std::vector<Twin> found;
    while (true) {
        auto row = twins_.step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return found;
        Twin twin{twins_.integer(0), to_digest(twins_.bytes(1)), static_cast<EntryKind>(twins_.integer(4)), false};
        if (twins_.integer(2) == tag_of(body_digest)) {
            auto stored = codec_->open(twins_.bytes(3), twin.hash);
            // A damaged one is no copy: what the till has may be the only whole one.
            twin.same_body = stored && stored->arrived == body_digest;
        }
        found.push_back(twin);
    }
}

Entry EntryRows::current_row(const Statement& row) {
    Entry entry;
    entry.number = row.integer(0);
    entry.kind = static_cast<EntryKind>(row.integer(1));
    entry.transaction_id = unpack_id(row, 2);
    entry.arrival.arrived_at = wall(row.integer(4));
    entry.arrival.monotonic = MonotonicTime(Duration(row.integer(5)));
    entry.arrival.boot_id = row.bytes(6);
    entry.arrival.clock_trusted = row.integer(7) != 0;
    entry.hash = to_digest(row.bytes(8));
    entry.till = row.bytes(9);
    if (!row.is_null(10)) entry.till_sequence = row.integer(10);
    entry.type = row.bytes(11);
    entry.business_day = row.bytes(12);
    entry.occurred_at = row.bytes(13);
    entry.refers_to = unpack_id(row, 14);
    entry.receipt = row.bytes(15);
    entry.problems = row.bytes(16);
    entry.repairs = row.integer(17);
    entry.traceparent = row.bytes(19);
    auto stored = codec_->open(row.bytes(18), entry.hash);
    if (stored) entry.body_digest = stored->arrived;
    if (stored) entry.erased = stored->erased;
    if (stored && tag_of(entry.body_digest) == row.integer(3))
        entry.body = std::move(stored->body);
    else
        entry.damaged = stored ? "its body was changed on the disk" : stored.error().message;
    return entry;
}

Result<JournalNumber> EntryRows::last_removed() {
    return connection_->integer("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'anchor_number'");
}

// Numbers from `expected` up to `found` that are not there although nobody has pruned them.
Result<void> EntryRows::name_missing(JournalNumber expected, JournalNumber found, std::size_t entries_max,
                                     std::vector<Entry>& entries) {
    if (expected == found) return {};
    auto removed = last_removed();
    if (!removed) return std::unexpected(std::move(removed.error()));
    for (auto number = std::max(expected, *removed + 1); number < found && entries.size() < entries_max; ++number) {
        Entry& entry = entries.emplace_back();
        entry.number = number;
        entry.damaged = "it is missing in the database";
    }
    return {};
}

Result<std::vector<Entry>> EntryRows::read_after(JournalNumber after, ReadLimits limits) {
    after_.bind(1, after);
    const ResetAtEnd reset(after_);
    std::vector<Entry> entries;
    std::size_t bytes = 0;
    for (JournalNumber expected = after + 1; entries.size() < limits.entries_max;) {
        auto row = after_.step();
        // A number that has been passed: the page is in disorder, and what follows cannot be trusted either.
        const bool disorder = row && *row && after_.integer(0) < expected;
        if (disorder || (!row && row.error().code == ErrorCode::kCorrupt)) {
            if (!entries.empty()) return entries;  // the next call begins at the damaged page
            return one_by_one(expected, limits);
        }
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) break;
        Entry entry = current_row(after_);
        if (auto named = name_missing(expected, entry.number, limits.entries_max, entries); !named)
            return std::unexpected(std::move(named.error()));
        if (entries.size() >= limits.entries_max) break;
        bytes += entry.body.size();
        if (bytes > limits.bytes_max && !entries.empty()) break;
        expected = entry.number + 1;
        entries.push_back(std::move(entry));
    }
    return entries;
}

// Past a page that cannot be read: each entry is looked for by its number.
Result<std::vector<Entry>> EntryRows::one_by_one(JournalNumber from, ReadLimits limits) {
    auto removed = last_removed();
    if (!removed) return std::unexpected(std::move(removed.error()));
    auto last = connection_->integer("SELECT max(number) FROM entries INDEXED BY entries_by_transaction");
    if (!last) return std::unexpected(std::move(last.error()));
    std::vector<Entry> entries;
    std::size_t bytes = 0;
    for (auto number = std::max(from, *removed + 1); number <= *last && entries.size() < limits.entries_max; ++number) {
        const ResetAtEnd reset(one_);
        auto row = one_.bind(1, number).step();
        if (!row && row.error().code != ErrorCode::kCorrupt) return std::unexpected(std::move(row.error()));
        Entry entry;
        if (row && *row) entry = current_row(one_);
        entry.number = number;
        if (!row) entry.damaged = "the page of the database that holds it is damaged";
        if (row && !*row) entry.damaged = "it is missing in the database";
        bytes += entry.body.size();
        if (bytes > limits.bytes_max && !entries.empty()) break;
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<std::optional<Entry>> EntryRows::entry(JournalNumber number) {
    auto entries = read_after(number - 1, {.entries_max = 1});
    if (!entries) return std::unexpected(std::move(entries.error()));
    if (entries->empty() || entries->front().number != number) return std::nullopt;
    return std::move(entries->front());
}

Result<ChainLink> EntryRows::newest() {
    auto statement = connection_->kept("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1");
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    auto row = (*statement)->step();
    if (!row) return std::unexpected(std::move(row.error()));
    return *row ? ChainLink{(*statement)->integer(0), to_digest((*statement)->bytes(1))} : ChainLink{};
}

Result<JournalNumber> EntryRows::oldest() {
    auto statement = connection_->kept("SELECT number FROM entries ORDER BY number LIMIT 1");
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    auto row = (*statement)->step();
    if (!row) return std::unexpected(std::move(row.error()));
    return *row ? (*statement)->integer(0) : 0;
}

}  // namespace tillkeeper::storage
