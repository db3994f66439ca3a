#include "agent/page/time_bands.h"

#include <algorithm>

namespace tillkeeper::agent {
namespace {

using std::chrono::days;
using std::chrono::floor;

// As if the store's time were UTC.
WallTime local(WallTime time, const Zone& zone) {
    return time + zone(time);
}

int minutes(Duration length) {
    return static_cast<int>(floor<std::chrono::minutes>(length).count());
}

BandPiece piece(int from, int until, bool whole) {
    from = std::min(from, kDayMinutes - kPieceMinutesMin);
    return {from, std::clamp(until, from + kPieceMinutesMin, kDayMinutes), whole};
}

}  // namespace

std::vector<Band> bands_of(std::span<const Outage> outages, WallTime now, const Zone& zone) {
    std::vector<Band> bands;
    const auto today = floor<days>(local(now, zone));
    for (int ago = kBandDays - 1; ago >= 0; --ago) {
        const WallTime begin = today - days(ago);
        const WallTime end = begin + days(1);
        const WallTime noon = begin + std::chrono::hours(12);
        Band band{noon - zone(noon), 0, {}};
        for (const auto& each : outages) {
            const auto from = local(each.from, zone);
            const auto until = local(each.until.value_or(now), zone);
            if (from >= end || until < begin) continue;
            ++band.outages;
            band.pieces.push_back(piece(minutes(std::max(from, begin) - begin), minutes(std::min(until, end) - begin),
                                        each.state == "offline"));
        }
        bands.push_back(std::move(band));
    }
    return bands;
}

}  // namespace tillkeeper::agent
