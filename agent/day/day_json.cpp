#include "agent/day/day_json.h"

#include "agent/contract/problem.h"

namespace tillkeeper::agent {
namespace {

std::string sums_array(const Sums& sums, const char* what) {
    std::string out = "[";
    for (const auto& [name, amounts] : sums.all()) {
        if (out.size() > 1) out += ',';
        out += "{\"" + std::string(what) + "\":" + quoted(name.what) + ",\"currency\":" + quoted(name.currency) +
               ",\"count\":" + std::to_string(amounts.count) + ",\"sum\":" + std::to_string(amounts.sum) + '}';
    }
    return out + ']';
}

std::string ranges_array(const NumberRanges::Ranges& ranges) {
    std::string out = "[";
    for (const auto& [first, last] : ranges) {
        if (out.size() > 1) out += ',';
        out += '[' + std::to_string(first) + ',' + std::to_string(last) + ']';
    }
    return out + ']';
}

std::string named_array(const NamedEntries& entries) {
    std::string out = "[";
    for (const auto& each : entries.named) {
        if (out.size() > 1) out += ',';
        out += "{\"number\":" + std::to_string(each.number) + ",\"id\":" + quoted(each.id) +
               ",\"till_sequence\":" + (each.sequence ? std::to_string(*each.sequence) : "null") + '}';
    }
    return out + ']';
}

const cJSON* member(const cJSON* object, const char* name) {
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

std::string text(const cJSON* object, const char* name) {
    const cJSON* node = member(object, name);
    return cJSON_IsString(node) ? node->valuestring : "";
}

// A sum may be beyond 2^53, where a double is no longer exact: equal texts still give equal numbers.
std::int64_t integer(const cJSON* node) {
    constexpr double kBound = 9.2e18;
    return cJSON_IsNumber(node) && node->valuedouble > -kBound && node->valuedouble < kBound
               ? static_cast<std::int64_t>(node->valuedouble)
               : 0;
}

Sums read_sums(const cJSON* array, const char* what) {
    Sums sums;
    const cJSON* each = nullptr;
    cJSON_ArrayForEach(each, array) sums.add({text(each, what), text(each, "currency")},
                                             {integer(member(each, "count")), integer(member(each, "sum"))});
    return sums;
}

NamedEntries read_named(const cJSON* array) {
    NamedEntries entries;
    const cJSON* each = nullptr;
    cJSON_ArrayForEach(each, array) {
        const cJSON* sequence = member(each, "till_sequence");
        entries.named.push_back({integer(member(each, "number")), text(each, "id"),
                                 cJSON_IsNumber(sequence) ? std::optional(integer(sequence)) : std::nullopt});
        ++entries.count;
    }
    return entries;
}

}  // namespace

std::string sums_json(const TillTotals& totals) {
    return "\"transactions\":" + std::to_string(totals.transactions) +
           ",\"types\":" + sums_array(totals.types, "type") + ",\"tenders\":" + sums_array(totals.tenders, "tender") +
           ",\"points_earned\":" + std::to_string(totals.points_earned) +
           ",\"points_redeemed\":" + std::to_string(totals.points_redeemed) +
           ",\"skipped\":" + std::to_string(totals.skipped) + ",\"unreadable\":" + std::to_string(totals.unreadable);
}

std::string names_json(const TillTotals& totals) {
    return "\"numbers\":" + ranges_array(totals.numbers.ranges()) + ",\"missing\":" + ranges_array(totals.missing()) +
           ",\"by_id\":" + named_array(totals.by_id) + ",\"quarantined\":" + named_array(totals.quarantined);
}

TillTotals read_totals(const cJSON* object) {
    TillTotals totals;
    totals.transactions = integer(member(object, "transactions"));
    totals.types = read_sums(member(object, "types"), "type");
    totals.tenders = read_sums(member(object, "tenders"), "tender");
    const cJSON* range = nullptr;
    cJSON_ArrayForEach(range, member(object, "numbers"))
        totals.numbers.add_range(integer(cJSON_GetArrayItem(range, 0)), integer(cJSON_GetArrayItem(range, 1)));
    totals.by_id = read_named(member(object, "by_id"));
    totals.quarantined = read_named(member(object, "quarantined"));
    return totals;
}

}  // namespace tillkeeper::agent
