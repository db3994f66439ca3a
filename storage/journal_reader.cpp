#include "storage/journal_reader.h"

#include "storage/booking_rows.h"
#include "storage/entry_rows.h"
#include "storage/key_checks.h"
#include "storage/pots.h"
#include "storage/progress_rows.h"
#include "storage/schema.h"
#include "storage/verification.h"

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kFind =
    "SELECT number FROM (SELECT number FROM entries WHERE transaction_id = ?1 UNION"
    " SELECT number FROM entries WHERE receipt = ?2 AND receipt <> '') ORDER BY number DESC LIMIT ?3";
constexpr std::string_view kNumberOf =
    "SELECT number FROM entries WHERE transaction_id = ?1 AND kind IN (0, 2) ORDER BY number DESC LIMIT 1";
constexpr std::string_view kNumberWithoutIndex =
    "SELECT number FROM entries NOT INDEXED WHERE transaction_id = ?1 AND kind IN (0, 2) ORDER BY number DESC LIMIT 1";

// Of one listed type; the list stands here as in the index, or SQLite would not take it. Parameters: the type, and two
// numbers.
constexpr std::string_view kOwn =
    " WHERE type IN ('day_manifest', 'outage', 'reconciliation', 'staff_action') AND type = ?1 AND kind = 0";
constexpr std::string_view kOwnAfter = " AND number > ?2 ORDER BY number LIMIT ?3";
constexpr std::string_view kOwnNewest = " AND number > ?2 ORDER BY number DESC LIMIT ?3";

constexpr std::string_view kStoreNotesAfter =
    "SELECT count(*) FROM entries WHERE type IN ('day_manifest', 'outage', 'reconciliation', 'staff_action')"
    " AND type IN ('day_manifest', 'outage', 'staff_action') AND kind = 0 AND number > ?1";

constexpr std::string_view kReferring =
    "SELECT number FROM entries WHERE refers_to = ?1 AND refers_to <> '' AND kind IN (0, 2) ORDER BY number LIMIT ?2";
constexpr std::string_view kReferringWithoutIndex =
    "SELECT number FROM entries NOT INDEXED WHERE refers_to = ?1 AND refers_to <> '' AND kind IN (0, 2) ORDER BY "
    "number LIMIT ?2";

class SqliteReader final : public JournalReader {
  public:
    SqliteReader(const JournalOptions& options, Connection connection)
        : codec_({options.key, options.older_keys}), connection_(std::move(connection)) {}

    Result<void> prepare() {
        auto rows = EntryRows::prepare(connection_, codec_);
        if (!rows) return std::unexpected(std::move(rows.error()));
        rows_.emplace(std::move(*rows));
        return {};
    }

    Result<std::vector<Entry>> read_after(JournalNumber after, ReadLimits limits) override {
        return rows_->read_after(after, limits);
    }
    Result<std::optional<Entry>> entry(JournalNumber number) override { return rows_->entry(number); }

    Result<std::vector<Entry>> find(const std::string& text, int limit) override {
        auto numbers = numbers_of(text, limit);
        if (!numbers) return std::unexpected(std::move(numbers.error()));
        return entries_of(*numbers);
    }

    Result<std::vector<Entry>> referring_to(const std::string& transaction_id, int limit) override {
        auto numbers = referring_by(kReferring, transaction_id, limit);
        if (!numbers && numbers.error().code == ErrorCode::kCorrupt)
            numbers = referring_by(kReferringWithoutIndex, transaction_id, limit);
        if (!numbers) return std::unexpected(std::move(numbers.error()));
        return entries_of(*numbers);
    }

    Result<std::vector<Entry>> own_entries(std::string_view type, JournalNumber after, int limit) override {
        return own(kOwnAfter, type, after, limit);
    }
    Result<std::vector<Entry>> newest_own_entries(std::string_view type, int limit) override {
        return own(kOwnNewest, type, 0, limit);
    }

    Result<std::int64_t> own_count(std::string_view type) override {
        auto statement = connection_.kept("SELECT count(*) FROM entries" + std::string(kOwn));
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        auto row = (*statement)->bind(1, type).step();
        if (!row) return std::unexpected(std::move(row.error()));
        return (*statement)->integer(0);
    }

    Result<std::int64_t> store_notes_after(JournalNumber number) override {
        auto statement = connection_.kept(kStoreNotesAfter);
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        auto row = (*statement)->bind(1, number).step();
        if (!row) return std::unexpected(std::move(row.error()));
        return (*statement)->integer(0);
    }

    Result<std::vector<Booking>> bookings(JournalNumber number) override { return bookings_of(connection_, number); }
    Result<std::optional<Booking>> newest_booking(const std::string& destination, JournalNumber up_to) override {
        return newest_booking_of(connection_, destination, up_to);
    }

    Result<std::vector<PotState>> pots(std::span<const std::string> names) override {
        auto begun = connection_.execute("BEGIN");
        if (!begun) return std::unexpected(std::move(begun.error()));
        std::vector<PotState> all;
        Result<void> done;
        for (const auto& name : names) {
            auto one = state_of(connection_, name);
            if (!one) done = std::unexpected(std::move(one.error()));
            if (!done) break;
            all.push_back(*one);
        }
        connection_.rollback();
        if (!done) return std::unexpected(std::move(done.error()));
        return all;
    }

    Result<std::optional<JournalNumber>> number_of(const std::string& transaction_id) override {
        auto number = number_by(kNumberOf, transaction_id);
        if (number || number.error().code != ErrorCode::kCorrupt) return number;
        number = number_by(kNumberWithoutIndex, transaction_id);
        if (!number && number.error().code == ErrorCode::kCorrupt) return std::nullopt;
        return number;
    }

    Result<std::optional<JournalNumber>> number_by(std::string_view sql, const std::string& transaction_id) {
        auto statement = connection_.kept(sql);
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        const PackedId id(transaction_id);
        id.bind(**statement, 1);
        auto row = (*statement)->step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return std::nullopt;
        return (*statement)->integer(0);
    }

    Result<std::optional<Duration>> clock_offset(const std::string& boot_id) override {
        auto statement = connection_.kept("SELECT clock_offset FROM boots WHERE boot_id = ?1");
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        auto row = (*statement)->bind(1, std::string_view(boot_id)).step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row || (*statement)->is_null(0)) return std::nullopt;
        return Duration((*statement)->integer(0));
    }

    Result<std::int64_t> version() override {
        auto statement = connection_.kept("PRAGMA data_version");
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        auto row = (*statement)->step();
        if (!row) return std::unexpected(std::move(row.error()));
        return *row ? (*statement)->integer(0) : 0;
    }

    Result<JournalBounds> bounds() override {
        auto first = rows_->oldest();
        if (!first) return std::unexpected(std::move(first.error()));
        auto last = rows_->newest();
        if (!last) return std::unexpected(std::move(last.error()));
        return JournalBounds{*first, last->number, connection_.bytes()};
    }

    Result<std::vector<Cursor>> cursors() override {
        return all<Cursor>("SELECT destination, number FROM cursors ORDER BY destination",
                           [](const Statement& row) { return Cursor{std::string(row.bytes(0)), row.integer(1)}; });
    }

    Result<std::vector<HeldItem>> held(std::optional<std::string> destination, JournalNumber after,
                                       int limit) override {
        std::string sql = "SELECT " + std::string(kHeldColumns) + " FROM held WHERE number > ?1";
        if (destination) sql += " AND destination = ?3";
        sql += " ORDER BY number, destination LIMIT ?2";
        auto statement = connection_.kept(sql);
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        (*statement)->bind(1, after).bind(2, std::int64_t{limit});
        if (destination) (*statement)->bind(3, std::string_view(*destination));
        return rows_of<HeldItem>(**statement, [this](const Statement& row) { return held_item(row, codec_); });
    }

    Result<std::vector<HeldCount>> held_counts() override {
        return all<HeldCount>(
            "SELECT destination, count(*), min(since) FROM held GROUP BY destination", [](const Statement& row) {
                return HeldCount{std::string(row.bytes(0)), row.integer(1), WallTime(Duration(row.integer(2)))};
            });
    }

    void use_keys(BodyKeys keys) override { codec_.use(std::move(keys)); }

    Result<KeyState> key_state() override {
        auto checks = storage::key_checks(connection_);
        if (!checks) return std::unexpected(std::move(checks.error()));
        auto up_to = connection_.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'resealed_up_to'");
        if (!up_to) return std::unexpected(std::move(up_to.error()));
        return KeyState{std::move(*checks), *up_to};
    }

    Result<std::unique_ptr<ChainWalk>> walk_chain() override { return storage::walk_chain(connection_, *rows_); }

  private:
    template <typename T, typename Read>
    Result<std::vector<T>> all(std::string_view sql, Read read) {
        auto statement = connection_.kept(sql);
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        return rows_of<T>(**statement, read);
    }

    Result<std::vector<Entry>> entries_of(const std::vector<JournalNumber>& numbers) {
        std::vector<Entry> found;
        for (const auto number : numbers) {
            auto one = rows_->entry(number);
            if (!one) return std::unexpected(std::move(one.error()));
            if (*one) found.push_back(std::move(**one));
        }
        return found;
    }

    Result<std::vector<JournalNumber>> referring_by(std::string_view sql, const std::string& id, int limit) {
        auto statement = connection_.kept(sql);
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        const PackedId packed(id);
        packed.bind(**statement, 1);
        (*statement)->bind(2, std::int64_t{limit});
        return rows_of<JournalNumber>(**statement, [](const Statement& row) { return row.integer(0); });
    }

    Result<std::vector<Entry>> own(std::string_view which, std::string_view type, JournalNumber after, int limit) {
        const std::string rest = std::string(kOwn) + std::string(which);
        auto numbers = own_by("SELECT number FROM entries" + rest, type, after, limit);
        if (!numbers && numbers.error().code == ErrorCode::kCorrupt)
            numbers = own_by("SELECT number FROM entries NOT INDEXED" + rest, type, after, limit);
        if (!numbers) return std::unexpected(std::move(numbers.error()));
        return entries_of(*numbers);
    }

    Result<std::vector<JournalNumber>> own_by(const std::string& sql, std::string_view type, JournalNumber after,
                                              int limit) {
        auto statement = connection_.kept(sql);
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        (*statement)->bind(1, type).bind(2, after).bind(3, std::int64_t{limit});
        return rows_of<JournalNumber>(**statement, [](const Statement& row) { return row.integer(0); });
    }

    Result<std::vector<JournalNumber>> numbers_of(const std::string& text, int limit) {
        auto statement = connection_.kept(kFind);
        if (!statement) return std::unexpected(std::move(statement.error()));
        const ResetAtEnd reset(**statement);
        const PackedId id(text);
        id.bind(**statement, 1);
        (*statement)->bind(2, std::string_view(text)).bind(3, std::int64_t{limit});
        return rows_of<JournalNumber>(**statement, [](const Statement& row) { return row.integer(0); });
    }

    BodyCodec codec_;
    Connection connection_;
    std::optional<EntryRows> rows_;
};

}  // namespace

Result<std::unique_ptr<JournalReader>> JournalReader::open(const JournalOptions& options) {
    auto connection = Connection::open(options.folder + "/journal.db", Connection::Mode::kRead, options.vfs);
    if (!connection) return std::unexpected(std::move(connection.error()));
    auto ready = connection->execute(
        "PRAGMA cache_size = -512; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
        "PRAGMA trusted_schema = OFF;");
    if (ready) ready = check_readable(*connection);
    if (ready) ready = check_keys(*connection, {options.key, options.older_keys}, false);
    if (!ready) return std::unexpected(std::move(ready.error()));
    auto reader = std::make_unique<SqliteReader>(options, std::move(*connection));
    if (auto prepared = reader->prepare(); !prepared) return std::unexpected(std::move(prepared.error()));
    return reader;
}

}  // namespace tillkeeper::storage
