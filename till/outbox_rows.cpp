#include "till/outbox_rows.h"

namespace tillkeeper::pos {
namespace {

constexpr std::int64_t kApplication = 0x746b7431;  // "tkt1"
constexpr std::int64_t kVersion = 1;

constexpr const char* kTables = R"(
    CREATE TABLE counter(
        one INTEGER PRIMARY KEY CHECK(one = 1), store TEXT NOT NULL, till TEXT NOT NULL,
        next_sequence INTEGER NOT NULL, proof INTEGER NOT NULL, opened INTEGER NOT NULL) STRICT;
    CREATE TABLE sale(
        sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, receipt TEXT NOT NULL, document BLOB NOT NULL,
        digest INTEGER NOT NULL, proof INTEGER NOT NULL, state INTEGER NOT NULL, problem TEXT NOT NULL) STRICT;
    CREATE INDEX sale_by_state ON sale(state, sequence);
    PRAGMA application_id=1953199153; PRAGMA user_version=1)";
static_assert(kApplication == 1953199153);

std::int64_t proof_of(const KeptSale& sale) {
    auto sum = fingerprint(std::to_string(sale.sequence));
    sum = fingerprint(sale.id, sum);
    sum = fingerprint(sale.receipt, sum);
    return static_cast<std::int64_t>(fingerprint(sale.document, sum));
}

std::int64_t proof_of(std::int64_t next_sequence) {
    return static_cast<std::int64_t>(fingerprint("next " + std::to_string(next_sequence)));
}

std::string state_text(KeptSale::State state) {
    return std::to_string(static_cast<int>(state));
}

}  // namespace

std::uint64_t fingerprint(std::string_view bytes, std::uint64_t seed) {
    for (const char byte : bytes) seed = (seed ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return (seed ^ 0xff) * 0x100000001b3U;  // so that two texts in a row are not the same as one
}

template <typename T>
Result<T> Outbox::Rows::end(Result<T> done) {
    Result<void> committed;
    if (done) committed = file_.execute("COMMIT");
    if (!committed) done = std::unexpected(std::move(committed.error()));
    if (!done) file_.rollback();
    return done;
}

Result<void> Outbox::Rows::create(const OutboxOwner& owner) {
    if (auto made = file_.execute(kTables); !made) return made;
    auto row = file_.prepare("INSERT INTO counter VALUES (1, ?, ?, ?, ?, 0)");
    if (!row) return std::unexpected(std::move(row.error()));
    row->bind(1, owner.store).bind(2, owner.till).bind(3, owner.first_sequence);
    return row->bind(4, proof_of(owner.first_sequence)).run();
}

Result<void> Outbox::Rows::prepare(const OutboxOwner& owner) {
    const auto version = file_.integer("PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    const auto tables = file_.integer("SELECT count(*) FROM sqlite_schema");
    if (!tables) return std::unexpected(tables.error());
    if (*version == 0 && *tables == 0) {
        if (auto begun = file_.execute("BEGIN IMMEDIATE"); !begun) return begun;
        return end(create(owner));
    }
    const auto application = file_.integer("PRAGMA application_id");
    if (!application) return std::unexpected(application.error());
    if (*application != kApplication) return fail(ErrorCode::kInvalid, "outbox: the file is something else");
    if (*version > kVersion) return fail(ErrorCode::kTooNew, "outbox: a newer version of this library wrote the file");
    auto whole = file_.prepare("PRAGMA quick_check(1)");
    if (!whole) return std::unexpected(std::move(whole.error()));
    if (auto row = whole->step(); !row || !*row || whole->text(0) != "ok")
        return row ? fail(ErrorCode::kCorrupt, "outbox: damaged: " + whole->text(0)) : std::unexpected(row.error());
    whole->reset();
    auto names = file_.prepare("SELECT store, till FROM counter");
    if (!names) return std::unexpected(std::move(names.error()));
    auto row = names->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return fail(ErrorCode::kCorrupt, "outbox: damaged: it does not say whose it is");
    if (names->text(0) == owner.store && names->text(1) == owner.till) return {};
    return fail(ErrorCode::kInvalid, "outbox: belongs to till " + names->text(1) + " of store " + names->text(0));
}

Result<std::int64_t> Outbox::Rows::next_sequence() {
    auto counter = file_.prepare("SELECT next_sequence, proof FROM counter");
    if (!counter) return std::unexpected(std::move(counter.error()));
    auto row = counter->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row || counter->integer(1) != proof_of(counter->integer(0)))
        return fail(ErrorCode::kCorrupt, "outbox: damaged: its counter does not prove itself");
    return counter->integer(0);
}

Result<std::int64_t> Outbox::Rows::count(KeptSale::State state) {
    return file_.integer("SELECT count(*) FROM sale WHERE state = " + state_text(state));
}

Result<void> Outbox::Rows::insert(const KeptSale& sale) {
    if (auto begun = file_.execute("PRAGMA synchronous=EXTRA; BEGIN IMMEDIATE"); !begun) return begun;
    return end(write_sale(sale));
}

Result<void> Outbox::Rows::write_sale(const KeptSale& sale) {
    auto row = file_.prepare("INSERT INTO sale VALUES (?, ?, ?, CAST(? AS BLOB), ?, ?, ?, '')");
    if (!row) return std::unexpected(std::move(row.error()));
    row->bind(1, sale.sequence).bind(2, sale.id).bind(3, sale.receipt).bind(4, sale.document);
    row->bind(5, static_cast<std::int64_t>(sale.digest)).bind(6, proof_of(sale)).bind(7, std::int64_t{0});
    if (auto written = row->run(); !written) return written;
    auto counter = file_.prepare("UPDATE counter SET next_sequence = ?, proof = ?");
    if (!counter) return std::unexpected(std::move(counter.error()));
    return counter->bind(1, sale.sequence + 1).bind(2, proof_of(sale.sequence + 1)).run();
}

Result<std::optional<KeptSale>> Outbox::Rows::first(std::string_view where, std::int64_t number,
                                                    const std::string& text) {
    auto found =
        file_.prepare("SELECT sequence, id, receipt, document, digest, proof, state, problem FROM sale WHERE " +
                      std::string(where) + " ORDER BY sequence LIMIT 1");
    if (!found) return std::unexpected(std::move(found.error()));
    found->bind(1, number).bind(2, text);
    auto row = found->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return std::nullopt;
    KeptSale sale{.sequence = found->integer(0),
                  .id = found->text(1),
                  .receipt = found->text(2),
                  .document = found->text(3),
                  .digest = static_cast<std::uint64_t>(found->integer(4)),
                  .problem = found->text(7),
                  .state = static_cast<KeptSale::State>(found->integer(6))};
    sale.intact = sale.state == KeptSale::State::kSettled || proof_of(sale) == found->integer(5);
    return sale;
}

Result<void> Outbox::Rows::touch() {
    return file_.execute("PRAGMA synchronous=EXTRA; UPDATE counter SET opened = opened + 1");
}

Result<bool> Outbox::Rows::move(std::int64_t sequence, KeptSale::State from, KeptSale::State to,
                                const std::string& problem, bool synced) {
    const char* const begin =
        synced ? "PRAGMA synchronous=EXTRA; BEGIN IMMEDIATE" : "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE";
    if (auto begun = file_.execute(begin); !begun) return std::unexpected(std::move(begun.error()));
    return end(write_move(sequence, from, to, problem));
}

Result<bool> Outbox::Rows::write_move(std::int64_t sequence, KeptSale::State from, KeptSale::State to,
                                      const std::string& problem) {
    auto row = file_.prepare(
        "UPDATE sale SET state = ?1, problem = ?2, document = iif(?1 = 2, x'', document) "
        "WHERE sequence = ?3 AND state = ?4 RETURNING 1");
    if (!row) return std::unexpected(std::move(row.error()));
    row->bind(1, static_cast<std::int64_t>(to)).bind(2, problem).bind(3, sequence);
    auto moved = row->bind(4, static_cast<std::int64_t>(from)).step();
    row->reset();
    if (!moved || !*moved || to != KeptSale::State::kSettled) return moved;
    auto old = file_.prepare("DELETE FROM sale WHERE state = 2 AND sequence <= ?");
    if (!old) return std::unexpected(std::move(old.error()));
    if (auto pruned = old->bind(1, sequence - kSettledKept).run(); !pruned)
        return std::unexpected(std::move(pruned.error()));
    return true;
}

}  // namespace tillkeeper::pos
