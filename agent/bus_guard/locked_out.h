// The file in which the flood guard says who is locked out: one line each, "till until" (RFC 3339). The broker's
// process writes it, the command line reads it.
#pragma once

#include <map>
#include <string>

#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper::bus_guard {

// Of the broker's folder.
inline constexpr const char* kLockedOutFile = "/guard/locked";

// Whole or not at all, but not through a power cut: after a restart of the broker nobody is locked out.
[[nodiscard]] Result<void> write_locked_out(const std::string& file, const std::map<std::string, Duration>& locked,
                                            WallTime now);
// Each till's end of its lock-out, as RFC 3339. Empty when there is no such file: nobody is, or the broker has no
// guard.
[[nodiscard]] std::map<std::string, std::string> read_locked_out(const std::string& broker_folder);

}  // namespace tillkeeper::bus_guard
