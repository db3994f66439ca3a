// The shape of real sales, as small tables.
//
// Fitted to the first ten months of: Chen, D. (2015), Online Retail, UCI Machine Learning Repository, CC BY 4.0
// (370,931 lines; 14,331 sales that move money, 2,887 cancellations). Each table of 63 holds the values at
// (i + 0.5) / 64 of the sorted data; above 63/64 the five tail points are joined by straight lines on a logarithmic
// scale. Not fitted: two sales of some 75,000 pieces that were cancelled at once, and fees of thousands of pounds.
#pragma once

#include <array>

namespace tillkeeper::till::shape {

struct Quantiles {
    std::array<int, 63> body;
    std::array<int, 5> tail;  // at 63/64, 0.990, 0.995, 0.999 and 1
};

// clang-format off
inline constexpr Quantiles kLinesOfMember{
    {1,1,1,1,1,2,2,3,3,3,4,4,5,5,6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,14,15,15,16,16,17,17,18,19,19,20,20,21,22,23,
     24,25,26,27,28,29,31,32,34,36,39,42,44,48,52,58,65,77},
    {87, 98, 120, 176, 421}};
// A day's sales without a known customer are often collected in one invoice; the largest of the whole year has 1,114
// lines (November, after the ten months: the longest of those has 705).
inline constexpr Quantiles kLinesWithoutMember{
    {1,1,1,1,1,1,1,1,1,1,2,2,2,2,3,3,3,4,5,6,7,9,10,13,15,18,21,23,26,31,33,36,38,41,44,47,48,50,53,57,59,65,69,74,84,
     94,119,133,141,150,158,167,174,181,188,194,204,217,234,255,298,353,438},
    {474, 534, 597, 675, 1114}};
inline constexpr Quantiles kLinesOfReturn{
    {1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2,2,2,2,2,2,2,2,2,2,2,2,2,3,3,3,3,3,3,
     3,4,4,5,5,6,7,10},
    {14, 17, 22, 41, 57}};
inline constexpr Quantiles kPiecesOfMember{
    {1,1,1,1,1,1,1,1,1,1,1,2,2,2,2,2,2,2,2,2,3,3,3,3,4,4,4,4,4,5,6,6,6,6,6,6,6,8,8,10,10,10,10,12,12,12,12,12,12,12,
     12,12,12,16,20,24,24,24,24,25,36,48,80},
    {100, 144, 200, 576, 4800}};
inline constexpr Quantiles kPiecesWithoutMember{
    {1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2,2,2,2,2,2,2,2,2,2,2,3,3,3,3,3,4,4,
     4,5,6,6,7,9,11,15},
    {20, 25, 39, 90, 637}};
inline constexpr Quantiles kPiecesReturned{
    {1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2,2,2,2,2,2,2,2,2,3,3,3,3,4,4,4,5,6,6,6,6,8,9,10,12,
     12,12,13,20,24,24,40,72},
    {100, 144, 300, 1350, 4800}};
inline constexpr Quantiles kUnitPricePence{
    {29,39,42,42,42,55,65,83,83,85,85,85,85,125,125,125,125,125,125,145,145,163,165,165,165,165,165,169,195,195,208,208,
     210,210,246,246,255,255,295,295,295,295,329,329,375,375,395,413,415,425,495,495,495,575,591,595,698,795,825,850,995,
     1095,1413},
    {1663, 1800, 2496, 17672, 60000}};
// Sales of the whole store per open day (no Saturdays): minimum, sixteenths, maximum.
inline constexpr std::array kSalesPerDay{11, 27, 39, 42, 47, 50, 52, 55, 59, 62, 64, 66, 69, 73, 76, 86, 142};
// Sales that began in each hour, from six in the morning on.
inline constexpr std::array kSalesPerHour{1, 23, 359, 1080, 1775, 1749, 2283, 1944, 1741, 1721, 911, 462, 153, 116, 13};
// clang-format on
inline constexpr int kFirstHour = 6;

// What share of all falls to the first so many of those ranked by frequency.
struct Concentration {
    double ranked;
    double share;
};
inline constexpr std::array kSkuConcentration{
    Concentration{0, 0},        Concentration{0.01, 0.100}, Concentration{0.05, 0.304}, Concentration{0.10, 0.458},
    Concentration{0.20, 0.651}, Concentration{0.50, 0.918}, Concentration{1, 1}};
inline constexpr std::array kMemberConcentration{
    Concentration{0, 0},        Concentration{0.01, 0.128}, Concentration{0.05, 0.299}, Concentration{0.10, 0.425},
    Concentration{0.20, 0.586}, Concentration{0.50, 0.835}, Concentration{1, 1}};

inline constexpr int kSkus = 3744;
inline constexpr int kMembers = 3616;
inline constexpr double kReturnShare = 0.168;         // of sales and returns
inline constexpr double kSaleWithoutMember = 0.081;   // of sales; a quarter of the lines
inline constexpr double kSaleWithRepeatedSku = 0.16;  // of sales with lines enough; 12 % of all, 1.5 % of the lines
inline constexpr double kRepeatWithin = 0.10;         // of the lines of such a sale
inline constexpr double kLinesPerSaleMean = 25.3;
inline constexpr double kLinesWithoutMemberShare = 0.265;

}  // namespace tillkeeper::till::shape
