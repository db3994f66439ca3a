#include "tests/till/catalogue.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace tillkeeper::till {
namespace {

constexpr std::array<std::string_view, 16> kLooks{
    "BLUE",    "RED",   "WHITE", "GREEN SPOTTY", "PINK FLORAL", "VINTAGE", "RETRO",    "COUNTRY",
    "STRIPED", "LARGE", "SMALL", "SET OF 3",     "SET OF 6",    "PACK 12", "OLD ROSE", "HAND MADE"};
constexpr std::array<std::string_view, 13> kStuffs{"ENAMEL", "WOODEN",  "GLASS",         "PAPER", "COTTON",
                                                   "METAL",  "CERAMIC", "FELT",          "TIN",   "STONE",
                                                   "SLATE",  "WICKER",  "IVORY COLOURED"};
constexpr std::array<std::string_view, 18> kThings{
    "TEAPOT",           "LUNCH BAG",   "CAKE STAND",   "BUNTING",   "CANDLE HOLDER", "PICTURE FRAME",
    "NAPKINS",          "STORAGE JAR", "HANGING STAR", "DOORMAT",   "PLANT POT",     "WALL CLOCK",
    "HOT WATER BOTTLE", "PENCIL CASE", "GIFT WRAP",    "COAT RACK", "MUG",           "MIRROR"};
constexpr double kGoldenRatio = 0.6180339887498949;
constexpr std::array kTailStarts{63.0 / 64, 0.990, 0.995, 0.999, 1.0};

}  // namespace

int value_at(const shape::Quantiles& quantiles, double u) {
    if (u < kTailStarts.front()) return quantiles.body[static_cast<std::size_t>(u * 64)];
    std::size_t upper = 1;
    while (upper + 1 < kTailStarts.size() && u >= kTailStarts[upper]) ++upper;
    const double from = kTailStarts[upper - 1];
    const double part = (u - from) / (kTailStarts[upper] - from);
    const double low = std::log(quantiles.tail[upper - 1]);
    const double high = std::log(quantiles.tail[upper]);
    return static_cast<int>(std::lround(std::exp(low + part * (high - low))));
}

int rank_at(std::span<const shape::Concentration> concentration, int count, double u) {
    std::size_t upper = 1;
    while (upper + 1 < concentration.size() && u >= concentration[upper].share) ++upper;
    const auto& from = concentration[upper - 1];
    const auto& to = concentration[upper];
    const double part = (u - from.share) / (to.share - from.share);
    return std::clamp(static_cast<int>((from.ranked + part * (to.ranked - from.ranked)) * count), 0, count - 1);
}

std::string sku_of(int rank) {
    std::string sku = std::to_string(20000 + rank * 17);
    if (rank % 5 == 0) sku += static_cast<char>('A' + rank % 7);
    return sku;
}

std::string description_of(int rank) {
    const auto n = static_cast<std::size_t>(rank);
    std::string text;
    text.append(kLooks[n % kLooks.size()]).append(" ").append(kStuffs[n % kStuffs.size()]).append(" ");
    return text.append(kThings[n / 7 % kThings.size()]);
}

Money price_of(int rank) {
    // Multiples of the golden ratio spread evenly, so that frequent and rare goods cost the same on average.
    const double turns = (rank + 0.5) * kGoldenRatio;
    return value_at(shape::kUnitPricePence, turns - std::floor(turns));
}

bool is_reduced_rate(int rank) {
    return rank % 10 == 3;
}

std::string member_of(int rank) {
    return std::to_string(12346 + rank);
}

}  // namespace tillkeeper::till
