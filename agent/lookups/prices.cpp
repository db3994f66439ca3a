#include "agent/lookups/prices.h"

#include <utility>

#include "agent/lookups/record_text.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kDateBytes = 10;
constexpr Duration kDay = std::chrono::hours(24);

// From when and until when; nothing where that cannot be read.
std::optional<WallTime> time_member(std::string_view record, std::string_view name, WallTime otherwise, Duration more) {
    const auto value = sync::json_member(record, name);
    if (value.empty() || value == "null") return otherwise;
    std::string text = text_member(record, name);
    const bool date = text.size() == kDateBytes;
    if (date) text += "T00:00:00Z";
    const auto time = parse_rfc3339(text);
    if (!time) return std::nullopt;
    return date ? *time + more : *time;
}

// What it is preferred by; nothing when it does not hold.
std::optional<std::pair<bool, WallTime>> rank(std::string_view record, const PriceQuestion& question) {
    const auto currency = text_member(record, "currency");
    if (!question.currency.empty() && !currency.empty() && currency != question.currency) return std::nullopt;
    const auto group = text_member(record, "customer_group");
    if (!group.empty() && group != question.customer_group) return std::nullopt;
    const auto from = time_member(record, "valid_from", WallTime::min(), Duration(0));
    const auto until = time_member(record, "valid_to", WallTime::max(), kDay);
    if (!from || !until || question.at < *from || question.at >= *until) return std::nullopt;
    return std::pair(!group.empty(), *from);
}

}  // namespace

std::optional<std::size_t> choose_price(std::span<const std::string> records, const PriceQuestion& question) {
    std::optional<std::size_t> chosen;
    std::pair<bool, WallTime> best;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto ranked = rank(records[i], question);
        if (!ranked || (chosen && *ranked < best)) continue;
        chosen = i;
        best = *ranked;
    }
    return chosen;
}

}  // namespace tillkeeper::agent
