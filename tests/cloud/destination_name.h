// The destinations that the cloud plays; the token endpoint, the feeds, live look-ups and the loyalty engine, which can
// fail like one.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tillkeeper::cloud {

enum class Destination : std::size_t { kErp, kOms, kCrm, kBench, kToken, kFeed, kLive, kLoyalty };

inline constexpr std::size_t kBooks = 4;  // the first ones keep a ledger

struct DestinationName {
    std::string_view name;
    std::string_view path;
    std::string_view prefix;  // of its document numbers
};

inline constexpr std::array<DestinationName, 8> kDestinations{{
    {"erp", "/erp/v1/postings", "ERP-"},
    {"oms", "/oms/v1/orders", "OMS-"},
    {"crm", "/crm/v1/activities", "CRM-"},
    {"bench", "/bench/v1/events", "BEN-"},
    {"token", "/oauth/token", ""},
    {"feed", "/feed/v1/", ""},  // and what is below
    {"live", "/live/v1/", ""},
    {"loyalty", "/loyalty/v1/", ""},
}};

[[nodiscard]] constexpr const DestinationName& names_of(Destination destination) {
    return kDestinations[static_cast<std::size_t>(destination)];
}

[[nodiscard]] constexpr bool keeps_book(Destination destination) {
    return static_cast<std::size_t>(destination) < kBooks;
}

[[nodiscard]] constexpr std::optional<Destination> destination_named(std::string_view name) {
    for (std::size_t i = 0; i < kDestinations.size(); ++i)
        if (kDestinations[i].name == name) return static_cast<Destination>(i);
    return {};
}

[[nodiscard]] constexpr std::optional<Destination> destination_at(std::string_view path) {
    for (std::size_t i = 0; i < kDestinations.size(); ++i)
        if (kDestinations[i].path.ends_with('/') ? path.starts_with(kDestinations[i].path)
                                                 : path == kDestinations[i].path)
            return static_cast<Destination>(i);
    return {};
}

}  // namespace tillkeeper::cloud
