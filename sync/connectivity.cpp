#include "sync/connectivity.h"

#include <algorithm>
#include <array>

namespace tillkeeper::sync {
namespace {

// The order in which a connection is made: the earliest fault explains the later ones. What people want explains all.
constexpr std::array<std::string_view, 8> kCauses = {"by_staff",       "no_link", "no_route", "no_dns",
                                                     "captive_portal", "tls",     "login",    "service"};

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

std::string_view Connectivity::cause_of(const DestinationHealth& destination, const Seen& seen, bool link) const {
    if (destination.cause == kCauses.front()) return kCauses.front();
    if (lost_link_ && destination.taken == seen.taken_when_lost) return "no_link";
    const bool follows = destination.cause == "no_route" || destination.cause == "no_dns";
    return !link && follows ? std::string_view("no_link") : destination.cause;
}

void Connectivity::update(const std::vector<DestinationHealth>& destinations, bool link, WallTime now,
                          MonotonicTime moment) {
    seen_.resize(destinations.size());
    const bool lost = had_link_ && !link;
    lost_link_ = !link && (lost_link_ || lost);
    had_link_ = link;
    std::size_t cut = 0;
    std::int64_t behind = 0;
    std::string_view cause;
    for (std::size_t i = 0; i < destinations.size(); ++i) {
        Seen& seen = seen_[i];
        if (lost) seen.taken_when_lost = destinations[i].taken;
        seen.reach.update(cause_of(destinations[i], seen, link), moment);
        behind = std::max(behind, destinations[i].behind);
        if (seen.reach.cause().empty()) continue;
        if (cut == 0 || rank(seen.reach.cause()) < rank(cause)) cause = seen.reach.cause();
        ++cut;
    }
    StoreState state = behind > kBehindOnlineMax ? StoreState::kCatchingUp : StoreState::kOnline;
    if (cut > 0) state = cut == destinations.size() ? StoreState::kOffline : StoreState::kDegraded;
    if (state != state_ || !known_) since_ = now;
    known_ = true;
    state_ = state;
    cause_ = cause;
}

}  // namespace tillkeeper::sync
