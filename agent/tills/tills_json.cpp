#include "agent/tills/tills_json.h"

#include <set>

#include "agent/contract/problem.h"

namespace tillkeeper::agent {
namespace {

std::string time_or_null(bool known, WallTime time) {
    return known ? quoted(to_rfc3339(time, true)) : "null";
}

std::string seen_members(const Seen& seen) {
    const bool known = seen.state != Seen::State::kUnknown;
    const auto* state = seen.state == Seen::State::kOnline ? "\"online\"" : "\"offline\"";
    return std::string(",\"presence\":") + (known ? state : "null") + ",\"since\":" + time_or_null(known, seen.since) +
           ",\"last_seen\":" + time_or_null(seen.ever, seen.last);
}

std::string missing_json(const NumberGaps& numbers) {
    std::string out = "[";
    for (const auto& [first, last] : numbers.ranges())
        out += (out.size() > 1 ? ",[" : "[") + std::to_string(first) + ',' + std::to_string(last) + ']';
    return out + ']';
}

std::string journal_members(const TillFacts& till) {
    const bool sold = till.last_number != 0;
    const auto ahead = till.clock_ahead();
    const auto highest = till.numbers.highest();
    return ",\"last_number\":" + (sold ? std::to_string(till.last_number) : "null") +
           ",\"last_transaction\":" + time_or_null(sold, till.last_arrived) +
           ",\"last_sequence\":" + (highest ? std::to_string(*highest) : "null") +
           ",\"missing\":" + missing_json(till.numbers) +
           ",\"missing_count\":" + std::to_string(till.numbers.missing()) +
           ",\"repeated\":" + std::to_string(till.numbers.repeated()) + ",\"clock_ahead_ms\":" +
           (ahead ? std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(*ahead).count()) : "null");
}

}  // namespace

std::string tills_json(const TillRegister& known, storage::JournalNumber up_to, const SeenTills& seen) {
    std::set<std::string> names;
    for (const auto& [name, facts] : known.tills()) names.insert(name);
    for (const auto& [name, facts] : seen) names.insert(name);
    std::string out = "{\"up_to\":" + std::to_string(up_to) + ",\"tills\":[";
    for (const auto& name : names) {
        const auto sold = known.tills().find(name);
        const auto there = seen.find(name);
        if (out.back() == '}') out += ',';
        out += "{\"till\":" + quoted(name) + seen_members(there == seen.end() ? Seen{} : there->second) +
               journal_members(sold == known.tills().end() ? TillFacts{} : sold->second) + '}';
    }
    return out + "]}";
}

}  // namespace tillkeeper::agent
