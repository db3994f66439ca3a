#include "agent/outages/outage.h"

#include <algorithm>
#include <utility>

#include "agent/contract/problem.h"
#include "agent/lookups/record_text.h"
#include "storage/own_entries.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

std::string time_or_null(const std::optional<WallTime>& time) {
    return time ? quoted(to_rfc3339(*time, true)) : "null";
}

// The members of to_json(), without the opening brace.
std::string members(const Outage& outage) {
    std::string out = R"("from":)" + quoted(to_rfc3339(outage.from, true));
    out += R"(,"until":)" + time_or_null(outage.until);
    out += R"(,"state":)" + quoted(outage.state);
    out += R"(,"cause":)" + (outage.cause.empty() ? "null" : quoted(outage.cause));
    out += R"(,"after_number":)" + std::to_string(outage.after);
    out += R"(,"sales":)" + std::to_string(outage.sales);
    out += R"(,"destinations":{)";
    for (const auto& each : outage.destinations) {
        if (out.back() == '}') out += ',';
        out += quoted(each.destination) + R"(:{"cause":)" + (each.cause.empty() ? "null" : quoted(each.cause));
        out += R"(,"from":)" + quoted(to_rfc3339(each.from, true));
        out += R"(,"until":)" + quoted(to_rfc3339(each.until, true)) + '}';
    }
    return out + "}}";
}

std::optional<WallTime> time_in(std::string_view object, std::string_view name) {
    const auto time = parse_rfc3339(text_member(object, name));
    return time ? std::optional(*time) : std::nullopt;
}

std::optional<Outage> outage_in(const std::string& body) {
    if (!sync::is_json(body)) return std::nullopt;
    const auto from = time_in(body, "from");
    if (!from) return std::nullopt;
    Outage outage{*from, time_in(body, "until"), text_member(body, "state"), text_member(body, "cause"), 0, 0, {}};
    outage.after = sync::json_integer(sync::json_member(body, "after_number")).value_or(0);
    outage.sales = sync::json_integer(sync::json_member(body, "sales")).value_or(0);
    for (sync::JsonPieces all(sync::json_member(body, "destinations")); all.next();) {
        const auto name = sync::json_string(all.name());
        const auto began = time_in(all.value(), "from");
        const auto seen = time_in(all.value(), "until");
        if (name && began && seen)
            outage.destinations.push_back({*name, text_member(all.value(), "cause"), *began, *seen});
    }
    return outage;
}

std::string name_of(const Outage& outage) {
    return "outage:" + std::to_string(outage.from.time_since_epoch().count());
}

}  // namespace

std::string to_json(const Outage& outage) {
    return '{' + members(outage);
}

std::string outages_json(std::span<const Outage> oldest_first) {
    std::string out = R"({"outages":[)";
    for (auto each = oldest_first.rbegin(); each != oldest_first.rend(); ++each) {
        if (out.back() == '}') out += ',';
        out += to_json(*each);
    }
    return out + "]}";
}

storage::NewEntry outage_entry(const Outage& outage, storage::Arrival arrival) {
    storage::NewEntry entry;
    entry.transaction_id = name_of(outage) + (outage.until ? ":over" : ":begun");
    entry.type = storage::kOutage;
    entry.occurred_at = to_rfc3339(outage.from, true);
    if (outage.until) entry.refers_to = name_of(outage) + ":begun";
    entry.arrival = std::move(arrival);
    entry.body = R"({"id":)" + quoted(entry.transaction_id) + R"(,"type":"outage","occurred_at":)" +
                 quoted(entry.occurred_at) + ',' + members(outage);
    return entry;
}

std::vector<Outage> outages_of(std::span<const storage::Entry> newest_first) {
    std::vector<Outage> all;
    for (const auto& entry : newest_first) {
        auto outage = outage_in(entry.body);
        if (outage && std::ranges::find(all, outage->from, &Outage::from) == all.end())
            all.push_back(std::move(*outage));
    }
    std::ranges::reverse(all);
    return all;
}

}  // namespace tillkeeper::agent
