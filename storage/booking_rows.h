// Under which numbers destinations booked entries, as a reader sees them. A damaged page tells of none: they are for
// people, and no delivery depends on them. Thread: the reader's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/progress.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {

// Of all destinations: so many rows are read at most, since one that never says a number has none to be found.
inline constexpr int kBookingsSearched = 2000;

// In the order of the destinations' names.
[[nodiscard]] Result<std::vector<Booking>> bookings_of(Connection& connection, JournalNumber number);
// The newest among the newest kBookingsSearched up to that entry.
[[nodiscard]] Result<std::optional<Booking>> newest_booking_of(Connection& connection, const std::string& destination,
                                                               JournalNumber up_to);

}  // namespace tillkeeper::storage
