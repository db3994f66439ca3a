// The destinations that the cloud plays, and the token endpoint, which can fail like one.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tillkeeper::cloud {

enum class Destination : std::size_t { kErp, kOms, kCrm, kBench, kToken };

inline constexpr std::size_t kBooks = 4;  // all but the token endpoint keep a ledger

struct DestinationName {
    std::string_view name;
    std::string_view path;
    std::string_view prefix;  // of its document numbers
};

inline constexpr std::array<DestinationName, 5> kDestinations{{
    {"erp", "/erp/v1/postings", "ERP-"},
    {"oms", "/oms/v1/orders", "OMS-"},
    {"crm", "/crm/v1/activities", "CRM-"},
    {"bench", "/bench/v1/events", "BEN-"},
    {"token", "/oauth/token", ""},
}};

[[nodiscard]] constexpr const DestinationName& names_of(Destination destination) {
    return kDestinations[static_cast<std::size_t>(destination)];
}

[[nodiscard]] constexpr std::optional<Destination> destination_named(std::string_view name) {
    for (std::size_t i = 0; i < kDestinations.size(); ++i)
        if (kDestinations[i].name == name) return static_cast<Destination>(i);
    return {};
}

[[nodiscard]] constexpr std::optional<Destination> destination_at(std::string_view path) {
    for (std::size_t i = 0; i < kDestinations.size(); ++i)
        if (kDestinations[i].path == path) return static_cast<Destination>(i);
    return {};
}

}  // namespace tillkeeper::cloud
