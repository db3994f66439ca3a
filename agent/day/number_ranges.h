// NumberRanges: which numbers of one till have come, as ranges. Pure; bounded whatever a till sends.
#pragma once

#include <cstdint>
#include <map>

namespace tillkeeper::agent {

class NumberRanges {
  public:
    // Beyond it a number that stands alone is counted, not kept.
    static constexpr std::size_t kRangesMax = 1000;

    using Ranges = std::map<std::int64_t, std::int64_t>;  // first to last

    void add(std::int64_t number);
    // As it stands in a manifest: it touches no other one.
    void add_range(std::int64_t first, std::int64_t last) { ranges_.emplace(first, last); }
    void take_out(std::int64_t number);
    [[nodiscard]] bool has(std::int64_t number) const;
    [[nodiscard]] const Ranges& ranges() const { return ranges_; }
    // What lies between the ranges.
    [[nodiscard]] Ranges gaps() const;
    [[nodiscard]] std::int64_t unlisted() const { return unlisted_; }

  private:
    Ranges ranges_;
    std::int64_t unlisted_ = 0;
};

}  // namespace tillkeeper::agent
