#include "storage/decisions.h"

#include <string_view>

namespace tillkeeper::storage {
namespace {

std::string quoted(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string_view name_of(Decision::Kind kind) {
    switch (kind) {
        case Decision::Kind::kRetry:
            return "retry";
        case Decision::Kind::kRepair:
            return "repair";
        case Decision::Kind::kSkip:
            return "skip";
    }
    return "";
}

// What the repaired transaction says of itself; where it came from stays.
void take_members(NewEntry& entry, const NewEntry& repaired) {
    entry.transaction_id = repaired.transaction_id;
    entry.till_sequence = repaired.till_sequence;
    entry.type = repaired.type;
    entry.business_day = repaired.business_day;
    entry.occurred_at = repaired.occurred_at;
    entry.refers_to = repaired.refers_to;
    entry.receipt = repaired.receipt;
}

}  // namespace

NewEntry decision_entry(const Decision& decision, const Entry& original) {
    NewEntry entry = original;
    const bool quarantined = decision.destination.empty();
    const bool lets_through = quarantined && decision.kind != Decision::Kind::kSkip;
    entry.kind = lets_through ? EntryKind::kReleased : EntryKind::kAction;
    entry.repairs = original.number;
    entry.arrival = decision.arrival;
    entry.problems = "{\"decision\":" + quoted(name_of(decision.kind)) +
                     ",\"destination\":" + quoted(decision.destination) + ",\"who\":" + quoted(decision.who) +
                     ",\"why\":" + quoted(decision.why) + "}";
    if (decision.kind == Decision::Kind::kRepair) {
        entry.body = decision.body;
        if (lets_through && decision.members) take_members(entry, *decision.members);
    } else if (!lets_through) {
        entry.body.clear();
    }
    return entry;
}

std::string erasure_problems(std::string_view who, std::string_view why) {
    return "{\"decision\":\"erase\",\"who\":" + quoted(who) + ",\"why\":" + quoted(why) + "}";
}

std::string id_conflict_problems(JournalNumber first) {
    return "[{\"type\":\"urn:tillkeeper:problem:id-conflict\",\"title\":\"same id with other content\",\"detail\":"
           "\"the id was used before, with other content, by journal number " +
           std::to_string(first) + "\",\"pointer\":\"/id\"}]";
}

}  // namespace tillkeeper::storage
