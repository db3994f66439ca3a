// Where outages stand in the days of a timeline. Pure.
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "agent/outages/outage.h"
#include "agent/page/words.h"

namespace tillkeeper::agent {

inline constexpr int kBandDays = 7;  // today is the last of them
inline constexpr int kDayMinutes = 24 * 60;
inline constexpr int kPieceMinutesMin = 8;  // what is shorter could not be seen

// A part of an outage within one day, in minutes since that day's midnight in the store.
struct BandPiece {
    int from = 0;
    int until = 0;
    bool whole = false;  // no destination was reached
};

struct Band {
    WallTime noon;    // of that day, to name it
    int outages = 0;  // that touch it
    std::vector<BandPiece> pieces;
};

// The oldest day first. What goes on ends now.
[[nodiscard]] std::vector<Band> bands_of(std::span<const Outage> outages, WallTime now, const Zone& zone);

}  // namespace tillkeeper::agent
