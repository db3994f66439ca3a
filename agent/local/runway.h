// Runway: how long the box can go on without the cloud, by the first of several ends. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "platform/clock.h"

namespace tillkeeper::agent {

enum class RunwayLimit : std::uint8_t {
    kDisk,         // it is full
    kCertificate,  // one of the bus: tills cannot connect any more
    kLogin,        // what this box shows to clouds: it cannot sign in any more
    kPrices,       // the store's copy of the prices is older than it should be
};

// As the contract writes it: "disk", "certificate", "login", "prices".
[[nodiscard]] std::string_view to_string(RunwayLimit limit);
[[nodiscard]] std::optional<RunwayLimit> runway_limit(std::string_view word);

struct DiskUse {
    std::uint64_t free_bytes = 0;
    std::uint64_t journal_bytes = 0;
    std::int64_t entries = 0;         // that these hold
    std::int64_t recent_entries = 0;  // of them, those of the last days
    Duration recent{};                // how long these days are
};
inline constexpr Duration kPaceNeeds = std::chrono::hours(1);    // of history, before a guess is worth anything
inline constexpr Duration kPaceOf = std::chrono::hours(24 * 7);  // a whole week: no two of its days are alike

// How long the disk takes more sales at the pace of the last days. Nothing: nobody can know.
[[nodiscard]] std::optional<Duration> until_full(const DiskUse& use);

struct KnownEnd {
    RunwayLimit what = RunwayLimit::kCertificate;
    WallTime when;
};

struct Runway {
    std::int64_t hours = 0;
    RunwayLimit limited_by = RunwayLimit::kDisk;
};

// What is over already leaves 0 hours. Nothing while it is not known when the disk is full: any other answer would
// promise too much.
[[nodiscard]] std::optional<Runway> first_to_give_way(std::optional<Duration> disk, std::span<const KnownEnd> ends,
                                                      WallTime now);

}  // namespace tillkeeper::agent
