#include "storage/schema.h"

#include "storage/embedded.h"
#include "storage/journal.h"

namespace tillkeeper::storage {
namespace {

constexpr std::int64_t kApplicationId = 0x54696c6c;  // "Till"

Result<void> check_version(Connection& connection, std::int64_t version) {
    if (version <= schema_version()) return {};
    auto statement = connection.prepare("SELECT value FROM meta WHERE key = 'compatible_version'");
    if (!statement) return std::unexpected(std::move(statement.error()));
    auto row = statement->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (*row && statement->integer(0) <= schema_version()) return {};
    return fail(ErrorCode::kTooNew, "journal: written by a newer program (version " + std::to_string(version) +
                                        ", this one knows " + std::to_string(schema_version()) +
                                        "); install that program again, nothing was changed");
}

Result<void> check_owner(Connection& connection, std::int64_t version) {
    auto owner = connection.integer("PRAGMA application_id");
    if (!owner) return std::unexpected(std::move(owner.error()));
    if (*owner == kApplicationId) return {};
    auto objects = connection.integer("SELECT count(*) FROM sqlite_schema");
    if (!objects) return std::unexpected(std::move(objects.error()));
    if (version == 0 && *objects == 0) return {};
    return fail(ErrorCode::kCorrupt, "journal: the file belongs to another program; nothing was changed");
}

Result<void> apply(Connection& connection, int version) {
    const auto sql = embedded_migrations()[static_cast<std::size_t>(version - 1)];
    std::string all = "BEGIN IMMEDIATE;\n" + std::string(sql);
    all += "\nINSERT INTO meta (key, value) VALUES ('compatible_version', 1) ON CONFLICT DO NOTHING;";
    all += "PRAGMA user_version = " + std::to_string(version) + ";";
    all += "PRAGMA application_id = " + std::to_string(kApplicationId) + ";COMMIT;";
    auto done = connection.execute(all);
    if (!done) connection.rollback();
    return done;
}

}  // namespace

int schema_version() {
    return static_cast<int>(embedded_migrations().size());
}

Result<int> version_of(Connection& connection) {
    auto version = connection.integer("PRAGMA user_version");
    if (!version) return std::unexpected(std::move(version.error()));
    if (auto owned = check_owner(connection, *version); !owned) return std::unexpected(std::move(owned.error()));
    if (auto readable = check_version(connection, *version); !readable)
        return std::unexpected(std::move(readable.error()));
    return static_cast<int>(*version);
}

Result<void> migrate(Connection& connection) {
    const auto version = version_of(connection);
    if (!version) return std::unexpected(version.error());
    for (int next = *version + 1; next <= schema_version(); ++next)
        if (auto done = apply(connection, next); !done) return done;
    return {};
}

Result<void> check_readable(Connection& connection) {
    auto version = connection.integer("PRAGMA user_version");
    if (!version) return std::unexpected(std::move(version.error()));
    if (*version < schema_version())
        return fail(ErrorCode::kUnavailable, "journal: the daemon has not brought the file up to date yet");
    return check_version(connection, *version);
}

Result<std::string> meta_text(Connection& connection, std::string_view key) {
    auto statement = connection.prepare("SELECT value FROM meta WHERE key = ?1");
    if (!statement) return std::unexpected(std::move(statement.error()));
    auto row = statement->bind(1, key).step();
    if (!row) return std::unexpected(std::move(row.error()));
    return *row ? std::string(statement->bytes(0)) : std::string();
}

Result<void> set_meta(Connection& connection, std::string_view key, std::string_view value) {
    auto statement = connection.prepare(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
    if (!statement) return std::unexpected(std::move(statement.error()));
    return statement->bind(1, key).bind(2, value).run();
}

}  // namespace tillkeeper::storage
