#include "storage/index_repair.h"

#include <string>

#include "storage/pots.h"
#include "storage/progress_rows.h"

namespace tillkeeper::storage {
namespace {

constexpr const char* kIndexes = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'entries'";

Result<std::string> index_statements(Connection& connection) {
    auto select = connection.prepare(kIndexes);
    if (!select) return std::unexpected(std::move(select.error()));
    std::string all;
    while (true) {
        auto row = select->step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return all;
        all += std::string(select->bytes(0)) + ";";
    }
}

// DROP INDEX and REINDEX walk through the damaged pages and fail there: the index is struck from the schema instead.
Result<void> strike_and_make(Connection& connection) {
    auto statements = index_statements(connection);
    if (!statements) return std::unexpected(std::move(statements.error()));
    auto version = connection.integer("PRAGMA schema_version");
    if (!version) return std::unexpected(std::move(version.error()));
    return connection.execute(
        "PRAGMA writable_schema = ON; BEGIN IMMEDIATE;"
        "DELETE FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'entries';"
        "PRAGMA schema_version = " +
        std::to_string(*version + 1) + "; PRAGMA writable_schema = RESET;" + *statements + "COMMIT;");
}

}  // namespace

Result<void> mend(OpenFile& file) {
    auto whole = pots_whole(file.connection);
    if (!whole) return std::unexpected(std::move(whole.error()));
    file.pots_whole = *whole;
    whole = documents_whole(file.connection);
    if (!whole) return std::unexpected(std::move(whole.error()));
    file.documents_whole = *whole;
    return remake_indexes(file.connection);
}

Result<void> remake_indexes(Connection& connection) {
    sqlite3_db_config(connection.raw(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
    auto done = strike_and_make(connection);
    if (!done) connection.rollback();
    sqlite3_db_config(connection.raw(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0, nullptr);
    sqlite3_db_config(connection.raw(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    return done;
}

}  // namespace tillkeeper::storage
