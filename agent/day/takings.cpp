#include "agent/day/takings.h"

#include <cjson/cJSON.h>

#include <cmath>
#include <limits>
#include <memory>

namespace tillkeeper::agent {
namespace {

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

constexpr double kExactIntegerMax = 9007199254740992.0;  // 2^53
constexpr std::size_t kTenderBytesMax = 64;

std::int64_t integer(const cJSON* object, const char* name) {
    const cJSON* node = cJSON_GetObjectItemCaseSensitive(object, name);
    const bool exact = cJSON_IsNumber(node) && std::fabs(node->valuedouble) <= kExactIntegerMax;
    return exact ? static_cast<std::int64_t>(node->valuedouble) : 0;
}

std::string text(const cJSON* object, const char* name) {
    const cJSON* node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(node) ? node->valuestring : "";
}

std::int64_t total_of(const cJSON* root) {
    if (cJSON_HasObjectItem(root, "total")) return integer(root, "total");
    std::int64_t total = 0;
    const cJSON* line = nullptr;
    cJSON_ArrayForEach(line, cJSON_GetObjectItemCaseSensitive(root, "lines")) total =
        added(total, integer(line, "amount"));
    return total;
}

}  // namespace

std::int64_t added(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    return a < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

void Sums::add(const SumName& name, Amounts amounts) {
    const bool room = all_.size() < kNamesMax || all_.contains(name);
    auto& mine = all_[room ? name : SumName{std::string(kOther), ""}];
    mine = {mine.count + amounts.count, added(mine.sum, amounts.sum)};
}

void Sums::add(const Sums& others) {
    for (const auto& [name, amounts] : others.all_) add(name, amounts);
}

Takings takings_of(std::string_view type, std::string_view body) {
    Takings takings;
    const Document root(cJSON_ParseWithLength(body.data(), body.size()));
    if (!cJSON_IsObject(root.get())) return takings;
    takings.readable = true;
    takings.currency = text(root.get(), "currency");
    if (takings.currency.size() != 3) takings.currency.clear();
    takings.total = total_of(root.get());
    const cJSON* tender = nullptr;
    cJSON_ArrayForEach(tender, cJSON_GetObjectItemCaseSensitive(root.get(), "tenders")) takings.tenders.add(
        {text(tender, "type").substr(0, kTenderBytesMax), takings.currency}, {1, integer(tender, "amount")});
    const auto points = integer(root.get(), "points");
    if (type == "redemption") takings.points_redeemed = points;
    if (type == "redemption_voided") takings.points_redeemed = -points;
    if (type == "loyalty") takings.points_earned = points;
    return takings;
}

}  // namespace tillkeeper::agent
