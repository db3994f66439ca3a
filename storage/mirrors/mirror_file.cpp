#include "storage/mirrors/mirror_file.h"

#include <array>
#include <span>

#include "storage/mirrors/sql.h"
#include "storage/vfs_file.h"

namespace tillkeeper::storage {
namespace {

constexpr std::int64_t kApplicationId = 0x5469'6c6d;  // "Tilm"
constexpr std::int64_t kForm = 1;                     // of the tables below; another one is thrown away
constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kKeyPlace = "mirrors data key";

// layer: what a full run has brought, with the changes upon it; the live answers of collection C are layer -C.
// lookup: space 2 * layer holds hashes of keys, 2 * layer + 1 those of search keys.
constexpr const char* kTables =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE collections (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, layer INTEGER NOT NULL,"
    " visible INTEGER NOT NULL, as_of INTEGER, complete INTEGER NOT NULL, cursor TEXT NOT NULL, validator TEXT NOT "
    "NULL,"
    " delivered INTEGER NOT NULL, records INTEGER NOT NULL, live_records INTEGER NOT NULL, live_from INTEGER NOT NULL);"
    "CREATE TABLE runs (collection INTEGER PRIMARY KEY, run INTEGER NOT NULL, full INTEGER NOT NULL, page TEXT NOT "
    "NULL,"
    " started INTEGER NOT NULL, delivered INTEGER NOT NULL, first INTEGER NOT NULL, records INTEGER NOT NULL,"
    " spilled INTEGER NOT NULL, spills INTEGER NOT NULL, merged INTEGER NOT NULL);"
    // Numbers are never used again: what was removed may still be named in `stale`.
    "CREATE TABLE records (id INTEGER PRIMARY KEY AUTOINCREMENT, layer INTEGER NOT NULL, run INTEGER NOT NULL,"
    " as_of INTEGER, hashes BLOB NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE lookup (space INTEGER NOT NULL, hash BLOB NOT NULL, record INTEGER NOT NULL,"
    " PRIMARY KEY (space, hash, record)) WITHOUT ROWID;"
    "CREATE TABLE spills (run INTEGER NOT NULL, bucket INTEGER NOT NULL, number INTEGER NOT NULL, entries BLOB NOT "
    "NULL,"
    " PRIMARY KEY (run, bucket, number)) WITHOUT ROWID;"
    // A newer version of a record with the same hashes: its look-up need not be written anew.
    "CREATE TABLE overlay (record INTEGER NOT NULL, run INTEGER NOT NULL, body BLOB NOT NULL,"
    " PRIMARY KEY (record, run)) WITHOUT ROWID;"
    "CREATE TABLE stale (run INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (run, record)) WITHOUT ROWID;"
    "CREATE TABLE aborted (run INTEGER PRIMARY KEY);"
    "CREATE TABLE chores (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, subject INTEGER NOT NULL,"
    " next INTEGER NOT NULL, last INTEGER NOT NULL, at BLOB NOT NULL);"
    "CREATE TABLE movements (collection INTEGER NOT NULL, key BLOB NOT NULL, number INTEGER NOT NULL,"
    " amount INTEGER NOT NULL, PRIMARY KEY (collection, key, number)) WITHOUT ROWID;"
    "CREATE TABLE deferred (number INTEGER PRIMARY KEY AUTOINCREMENT, till TEXT NOT NULL, collection TEXT NOT NULL,"
    " request BLOB NOT NULL, journal INTEGER NOT NULL, since INTEGER NOT NULL);";

const std::string kPragmas = "PRAGMA page_size = " + std::to_string(kMirrorPageBytes) +
                             "; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                             "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = FAST;";

std::string marker(const MirrorOptions& options) {
    return options.folder + "/mirrors.damaged";
}

Result<void> check_key_forms(const MirrorOptions& options) {
    bool fine = options.key.empty() || options.key.size() == kKeyBytes;
    for (const auto& key : options.older_keys) fine = fine && key.size() == kKeyBytes;
    return fine ? Result<void>{} : fail(ErrorCode::kInvalid, "mirrors: a key must have 32 bytes");
}

Result<void> check_form(Connection& connection) {
    auto owner = connection.integer("PRAGMA application_id");
    if (!owner) return std::unexpected(std::move(owner.error()));
    auto form = connection.integer("PRAGMA user_version");
    if (!form) return std::unexpected(std::move(form.error()));
    if (*owner != kApplicationId) return fail(ErrorCode::kCorrupt, "mirrors: the file belongs to another program");
    if (*form > kForm) return fail(ErrorCode::kTooNew, "mirrors: a newer program wrote the file");
    return *form == kForm ? Result<void>{} : fail(ErrorCode::kCorrupt, "mirrors: an older program wrote the file");
}

// From the system's source of randomness, through the VFS that tests replace.
Result<std::string> random_key(const std::string& vfs) {
    sqlite3_vfs* const disk = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
    std::array<char, kKeyBytes> key{};
    if (disk == nullptr || disk->xRandomness(disk, kKeyBytes, key.data()) != static_cast<int>(kKeyBytes))
        return fail(ErrorCode::kUnavailable, "mirrors: the system has no random numbers");
    return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(key.data()), key.size()));
}

Result<void> store_data_key(Connection& connection, const std::string& key, const std::string& hex) {
    auto sealed = BodyCodec(key).encode_text(hex, kKeyPlace);
    if (!sealed) return std::unexpected(std::move(sealed.error()));
    return run_sql(connection, "INSERT OR REPLACE INTO meta (key, value) VALUES ('data_key', ?1)",
                   std::string_view(*sealed));
}

Result<std::string> stored_data_key(Connection& connection) {
    auto stored = connection.text("SELECT value FROM meta WHERE key = 'data_key'");
    if (stored && stored->empty()) return fail(ErrorCode::kCorrupt, "mirrors: the file has no key of its own");
    return stored;
}

// In hex.
Result<std::string> data_key(Connection& connection, const BodyKeys& keys) {
    auto stored = stored_data_key(connection);
    if (!stored) return stored;
    std::string key = BodyCodec(keys).decode_text(*stored, kKeyPlace);
    if (key.size() != 2 * kKeyBytes) return fail(ErrorCode::kCorrupt, "mirrors: the file is sealed with another key");
    return key;
}

Result<void> make_form(Connection& connection, const MirrorOptions& options) {
    auto key = random_key(options.vfs);
    if (!key) return std::unexpected(std::move(key.error()));
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return begun;
    auto done = connection.execute(std::string(kTables) + "PRAGMA application_id = " + std::to_string(kApplicationId) +
                                   ";PRAGMA user_version = " + std::to_string(kForm));
    if (done) done = store_data_key(connection, options.key, *key);
    if (done) done = connection.execute("COMMIT");
    if (!done) connection.rollback();
    return done;
}

Result<void> prepare(Connection& connection) {
    if (auto done = connection.execute(kPragmas); !done) return done;
    auto mode = connection.text("PRAGMA journal_mode = WAL");
    if (!mode) return std::unexpected(std::move(mode.error()));
    if (*mode != "wal") return fail(ErrorCode::kIo, "mirrors: the file system cannot carry a write-ahead log");
    return connection.execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;");
}

// What lies plain, or under an older key, is sealed with today's.
Result<void> seal_with_current(Connection& connection, const MirrorOptions& options) {
    if (options.key.empty()) return {};
    if (auto current = stored_data_key(connection); !current)
        return std::unexpected(std::move(current.error()));
    else if (current->size() != 2 * kKeyBytes && data_key(connection, {.current = options.key}))
        return {};
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return begun;
    auto done = reseal_data_key(connection, options, options.key);
    if (done) done = connection.execute("COMMIT");
    if (!done) connection.rollback();
    return done;
}

Result<std::unique_ptr<MirrorCodec>> make_codec(Connection& connection, const MirrorOptions& options) {
    auto key = data_key(connection, {.current = options.key, .older = options.older_keys});
    if (!key) return std::unexpected(std::move(key.error()));
    return std::make_unique<MirrorCodec>(*key);
}

}  // namespace

std::string mirror_path(const MirrorOptions& options) {
    return options.folder + "/mirrors.db";
}

Result<MirrorFile> open_mirror_file(const MirrorOptions& options) {
    if (auto formed = check_key_forms(options); !formed) return std::unexpected(std::move(formed.error()));
    auto connection = Connection::open(mirror_path(options), Connection::Mode::kWrite, options.vfs);
    if (!connection) return std::unexpected(std::move(connection.error()));
    MirrorFile opened{std::make_unique<OpenFile>(std::move(*connection)), nullptr};
    Connection& db = opened.file->connection;
    auto ready = prepare(db);
    // What is left of a death is proven, or thrown out, before anything is told from it.
    if (ready) ready = opened.file->checkpoint(Checkpoint::kTruncate);
    if (!ready && ready.error().code == ErrorCode::kStorageFull) ready = {};
    Result<std::int64_t> tables = ready ? db.integer("SELECT count(*) FROM sqlite_schema") : 0;
    if (ready && !tables) ready = std::unexpected(std::move(tables.error()));
    if (ready && *tables == 0) ready = make_form(db, options);
    if (ready) ready = check_form(db);
    if (ready) ready = seal_with_current(db, options);
    if (!ready) return std::unexpected(std::move(ready.error()));
    auto codec = make_codec(db, options);
    if (!codec) return std::unexpected(std::move(codec.error()));
    opened.codec = std::move(*codec);
    opened.file->count_frames();
    return opened;
}

Result<MirrorFile> open_mirror_file_to_read(const MirrorOptions& options) {
    if (auto formed = check_key_forms(options); !formed) return std::unexpected(std::move(formed.error()));
    auto connection = Connection::open(mirror_path(options), Connection::Mode::kRead, options.vfs);
    if (!connection) return std::unexpected(std::move(connection.error()));
    MirrorFile opened{std::make_unique<OpenFile>(std::move(*connection)), nullptr};
    Connection& db = opened.file->connection;
    auto ready = db.execute(
        "PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
        "PRAGMA trusted_schema = OFF;");
    Result<std::int64_t> tables = ready ? db.integer("SELECT count(*) FROM sqlite_schema") : 0;
    if (ready && !tables) ready = std::unexpected(std::move(tables.error()));
    if (ready && *tables == 0) return fail(ErrorCode::kNotFound, "mirrors: there are none yet");
    if (ready) ready = check_form(db);
    if (!ready) return std::unexpected(std::move(ready.error()));
    auto codec = make_codec(db, options);
    if (!codec) return std::unexpected(std::move(codec.error()));
    opened.codec = std::move(*codec);
    return opened;
}

Result<void> reseal_data_key(Connection& connection, const MirrorOptions& options, const std::string& key) {
    auto hex = data_key(connection, {.current = options.key, .older = options.older_keys});
    if (!hex) return std::unexpected(std::move(hex.error()));
    if (auto done = store_data_key(connection, key, *hex); !done) return done;
    return set_mirror_meta(connection, "scrub_due", 1);  // the old form must not stay in a free place
}

Result<void> throw_away(const MirrorOptions& options) {
    // The log first: it would be read into the new file.
    for (const char* ending : {"-wal", "-shm", ""})
        if (!remove_file(options.vfs, mirror_path(options) + ending, Removal::kLasting))
            return fail(ErrorCode::kIo, "mirrors: a damaged file cannot be removed");
    if (!remove_file(options.vfs, marker(options), Removal::kLasting))
        return fail(ErrorCode::kIo, "mirrors: a damaged file cannot be removed");
    return {};
}

void mark_damaged(const MirrorOptions& options) {
    auto file = VfsFile::make(options.vfs, marker(options), VfsFile::Kind::kLasting);
    if (file && file->write("damaged", 7, 0)) static_cast<void>(file->sync());
}

bool marked_damaged(const MirrorOptions& options) {
    return size_of_file(options.vfs, marker(options)) > 0;
}

Result<std::int64_t> mirror_meta(Connection& connection, std::string_view key) {
    return number_of(connection, "SELECT value FROM meta WHERE key = ?1", key);
}

Result<void> set_mirror_meta(Connection& connection, std::string_view key, std::int64_t value) {
    return run_sql(connection, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", key, value);
}

Result<std::int64_t> next_number(Connection& connection) {
    auto last = mirror_meta(connection, "last_number");
    if (!last) return last;
    if (auto done = set_mirror_meta(connection, "last_number", *last + 1); !done)
        return std::unexpected(std::move(done.error()));
    return *last + 1;
}

}  // namespace tillkeeper::storage
