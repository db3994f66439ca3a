#include "till/uuid_v7.h"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

namespace tillkeeper::pos {
namespace {

constexpr std::uint64_t kStampMax = (std::uint64_t{1} << 60) - 1;

}  // namespace

std::string UuidV7::next(WallTime now, Random& random) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    const auto milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0));
    // A random start leaves room to count, and keeps two tills apart that sell in the same millisecond.
    const std::uint64_t fresh = (milliseconds << 12) | random.below(1U << 11);
    stamp_ = std::min(std::max(fresh, stamp_ + 1), kStampMax);
    const std::uint64_t tail = (random.next() >> 2) | (std::uint64_t{2} << 62);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%08" PRIx64 "-%04" PRIx64 "-7%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64,
                  stamp_ >> 28, (stamp_ >> 12) & 0xffff, stamp_ & 0xfff, tail >> 48, tail & 0xffff'ffff'ffff);
    return text.data();
}

}  // namespace tillkeeper::pos
