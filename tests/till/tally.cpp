#include "tests/till/tally.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace tillkeeper::till {

void Latencies::add(Duration duration) {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
    // Below 32 each value has its bucket; above, the five bits after the leading one choose it.
    std::size_t bucket = us;
    if (us >= kPerDoubling) {
        const auto shift = static_cast<std::size_t>(std::bit_width(us)) - 6;
        bucket = (shift + 1) * kPerDoubling + ((us >> shift) - kPerDoubling);
    }
    ++counts_[std::min(bucket, counts_.size() - 1)];
    ++total_;
}

std::int64_t Latencies::quantile_us(double share) const {
    const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(total_));
    std::int64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (total_ == 0 || seen <= wanted) continue;
        if (bucket < kPerDoubling) return static_cast<std::int64_t>(bucket);
        const auto shift = bucket / kPerDoubling - 1;
        return static_cast<std::int64_t>((bucket % kPerDoubling + kPerDoubling) << shift);
    }
    return 0;
}

std::string to_json(const Tally& tally, bool with_days) {
    std::string out = "{";
    const auto number = [&](std::string_view name, std::int64_t value) {
        if (out.back() != '{') out += ',';
        out.append("\"").append(name).append("\":").append(std::to_string(value));
    };
    number("sold", tally.sold);
    number("accepted", tally.of(Outcome::kAccepted));
    number("duplicate", tally.of(Outcome::kDuplicate));
    number("quarantined", tally.of(Outcome::kQuarantined));
    number("refused", tally.of(Outcome::kRefused));
    number("waiting", tally.waiting);
    number("sent_again", tally.sent_again);
    number("late_answers", tally.late_answers);
    number("refused_for_now", tally.refused_for_now);
    number("reconnects", tally.reconnects);
    number("points_earned", tally.points_earned);
    number("p50_us", tally.latencies.quantile_us(0.50));
    number("p99_us", tally.latencies.quantile_us(0.99));
    if (with_days) {
        out += ",\"by_day\":{";
        for (const auto& [day, amount] : tally.amount_by_day) number(day, amount);
        out += '}';
    }
    return out + '}';
}

}  // namespace tillkeeper::till
