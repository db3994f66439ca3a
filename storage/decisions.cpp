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
        const auto replace = [](std::string& field, const std::string& by) {
            if (!by.empty()) field = by;
        };
        replace(entry.type, decision.type);
        replace(entry.business_day, decision.business_day);
        replace(entry.occurred_at, decision.occurred_at);
        replace(entry.refers_to, decision.refers_to);
        replace(entry.receipt, decision.receipt);
    } else if (!lets_through) {
        entry.body.clear();
    }
    return entry;
}

std::string id_conflict_problems(JournalNumber first) {
    return "[{\"type\":\"urn:tillkeeper:problem:id-conflict\",\"title\":\"same id with other content\",\"detail\":"
           "\"the id was used before, with other content, by journal number " +
           std::to_string(first) + "\",\"pointer\":\"/id\"}]";
}

}  // namespace tillkeeper::storage
