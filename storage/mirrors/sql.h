// Short forms for statements of the mirrors: kept, bound, run and reset in one call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sqlite.h"

namespace tillkeeper::storage {

struct Blob {
    std::string_view bytes;
};

inline void bind_value(Statement& statement, int at, std::int64_t value) {
    statement.bind(at, value);
}
inline void bind_value(Statement& statement, int at, std::string_view text) {
    statement.bind(at, text);
}
inline void bind_value(Statement& statement, int at, Blob blob) {
    statement.bind_blob(at, blob.bytes);
}
inline void bind_value(Statement& statement, int at, const std::optional<std::int64_t>& value) {
    if (value)
        statement.bind(at, *value);
    else
        statement.bind_null(at);
}

// `values` are bound in their order and live until it returns, as all that `read` is given.
template <typename Read, typename... Values>
Result<void> each_row(Connection& connection, std::string_view sql, Read read, const Values&... values) {
    auto statement = connection.kept(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    int at = 0;
    (bind_value(**statement, ++at, values), ...);
    while (true) {
        auto row = (*statement)->step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return {};
        read(std::as_const(**statement));
    }
}

template <typename... Values>
Result<void> run_sql(Connection& connection, std::string_view sql, const Values&... values) {
    return each_row(connection, sql, [](const Statement&) {}, values...);
}

// What `read` makes of each row; it must not use the same statement.
template <typename T, typename Read, typename... Values>
Result<std::vector<T>> all_rows(Connection& connection, std::string_view sql, Read read, const Values&... values) {
    std::vector<T> rows;
    auto done = each_row(connection, sql, [&](const Statement& row) { rows.push_back(read(row)); }, values...);
    if (!done) return std::unexpected(std::move(done.error()));
    return rows;
}

template <typename T, typename Read, typename... Values>
Result<std::optional<T>> first_row(Connection& connection, std::string_view sql, Read read, const Values&... values) {
    auto statement = connection.kept(sql);
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    int at = 0;
    (bind_value(**statement, ++at, values), ...);
    auto row = (*statement)->step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return std::optional<T>();
    return std::optional<T>(read(std::as_const(**statement)));
}

// The first column of the first row; 0 without.
template <typename... Values>
Result<std::int64_t> number_of(Connection& connection, std::string_view sql, const Values&... values) {
    auto found =
        first_row<std::int64_t>(connection, sql, [](const Statement& row) { return row.integer(0); }, values...);
    if (!found) return std::unexpected(std::move(found.error()));
    return found->value_or(0);
}

}  // namespace tillkeeper::storage
