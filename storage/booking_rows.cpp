#include "storage/booking_rows.h"

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kOfEntry =
    "SELECT destination, document FROM documents WHERE number = ?1 ORDER BY destination";
constexpr std::string_view kNewest =
    "SELECT number, document FROM (SELECT number, destination, document FROM documents WHERE number <= ?2"
    " ORDER BY number DESC LIMIT ?3) WHERE destination = ?1 ORDER BY number DESC LIMIT 1";

}  // namespace

Result<std::vector<Booking>> bookings_of(Connection& connection, JournalNumber number) {
    auto statement = connection.kept(kOfEntry);
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    (*statement)->bind(1, number);
    auto found = rows_of<Booking>(**statement, [number](const Statement& row) {
        return Booking{std::string(row.bytes(0)), number, std::string(row.bytes(1))};
    });
    if (!found && found.error().code == ErrorCode::kCorrupt) return std::vector<Booking>{};
    return found;
}

Result<std::optional<Booking>> newest_booking_of(Connection& connection, const std::string& destination,
                                                 JournalNumber up_to) {
    auto statement = connection.kept(kNewest);
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    (*statement)->bind(1, std::string_view(destination)).bind(2, up_to).bind(3, std::int64_t{kBookingsSearched});
    auto row = (*statement)->step();
    if (!row && row.error().code == ErrorCode::kCorrupt) return std::nullopt;
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return std::nullopt;
    return Booking{destination, (*statement)->integer(0), std::string((*statement)->bytes(1))};
}

}  // namespace tillkeeper::storage
