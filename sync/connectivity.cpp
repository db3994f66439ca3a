#include "sync/connectivity.h"

#include <algorithm>
#include <array>

namespace tillkeeper::sync {
namespace {

// The order in which a connection is made: the earliest fault explains the later ones.
constexpr std::array<std::string_view, 7> kCauses = {"no_link", "no_route", "no_dns", "captive_portal",
                                                     "tls",     "login",    "service"};

std::size_t rank(std::string_view cause) {
    return static_cast<std::size_t>(std::ranges::find(kCauses, cause) - kCauses.begin());
}

}  // namespace

std::string_view to_string(StoreState state) {
    switch (state) {
        case StoreState::kOnline:
            return "online";
        case StoreState::kCatchingUp:
            return "catching_up";
        case StoreState::kDegraded:
            return "degraded";
        case StoreState::kOffline:
            return "offline";
    }
    return "offline";
}

void Connectivity::update(const std::vector<DestinationHealth>& destinations, WallTime now) {
    std::size_t waiting = 0;
    std::int64_t behind = 0;
    std::string cause;
    for (const auto& destination : destinations) {
        behind = std::max(behind, destination.behind);
        if (destination.cause.empty()) continue;
        if (waiting == 0 || rank(destination.cause) < rank(cause)) cause = destination.cause;
        ++waiting;
    }
    StoreState state = behind > kBehindOnlineMax ? StoreState::kCatchingUp : StoreState::kOnline;
    if (waiting > 0) state = waiting == destinations.size() ? StoreState::kOffline : StoreState::kDegraded;
    if (state != state_ || !known_) since_ = now;
    known_ = true;
    state_ = state;
    cause_ = std::move(cause);
}

}  // namespace tillkeeper::sync
