#include "agent/day/export_line.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/contract/problem.h"
#include "agent/lookups/record_text.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

using storage::Entry;
using storage::EntryKind;

constexpr std::array<std::string_view, 4> kKinds{"transaction", "quarantined", "released", "action"};
constexpr std::string_view kEventType = "tillkeeper.";

std::string field(const char* name, std::string_view text) {
    return ",\"" + std::string(name) + "\":" + quoted(text);
}

std::optional<std::int64_t> integer_member(std::string_view object, std::string_view name) {
    return sync::json_integer(sync::json_member(object, name));
}

// CloudEvents have numbers as text.
std::optional<std::int64_t> number_in_text(std::string_view object, std::string_view name) {
    return sync::json_integer(text_member(object, name));
}

std::unexpected<Error> invalid(std::string what) {
    return fail(ErrorCode::kInvalid, std::move(what));
}

Result<Entry> read_event(std::string_view line) {
    Entry entry;
    const auto number = number_in_text(line, "journalnumber");
    if (!number) return invalid("an event without journalnumber");
    std::string type = text_member(line, "type");
    if (!type.starts_with(kEventType) || !type.ends_with(".v1")) return invalid("an event of another type");
    entry.number = *number;
    entry.type = type.substr(kEventType.size(), type.size() - kEventType.size() - 3);
    entry.till = text_member(line, "till");
    entry.transaction_id = text_member(line, "id");
    entry.till_sequence = number_in_text(line, "sequence");
    entry.body = sync::json_member(line, "data");
    return entry;
}

}  // namespace

std::string export_line(const Entry& entry) {
    if (!entry.damaged.empty())
        return "{\"number\":" + std::to_string(entry.number) + field("damaged", entry.damaged) + "}\n";
    return "{\"number\":" + std::to_string(entry.number) + field("kind", kKinds[static_cast<std::size_t>(entry.kind)]) +
           field("till", entry.till) +
           ",\"till_sequence\":" + (entry.till_sequence ? std::to_string(*entry.till_sequence) : "null") +
           field("transaction_id", entry.transaction_id) + field("type", entry.type) +
           field("business_day", entry.business_day) + field("occurred_at", entry.occurred_at) +
           field("refers_to", entry.refers_to) + field("receipt", entry.receipt) + field("problems", entry.problems) +
           ",\"repairs\":" + std::to_string(entry.repairs) +
           field("arrived_at", to_rfc3339(entry.arrival.arrived_at, true)) +
           ",\"clock_trusted\":" + (entry.arrival.clock_trusted ? "true" : "false") +
           field("hash", to_hex(entry.hash)) + field("body_sha256", to_hex(sha256(entry.body))) +
           ",\"erased\":" + (entry.erased ? "true" : "false") + field("body", entry.body) + "}\n";
}

Result<Entry> read_export_line(std::string_view line) {
    if (line.size() > kExportLineBytesMax) return invalid("it is too long");
    if (!sync::is_json(line)) return invalid("it is no JSON");
    Entry entry;
    const auto number = integer_member(line, "number");
    if (!number || *number < 1) return invalid("it has no number");
    entry.number = *number;
    entry.damaged = text_member(line, "damaged");
    if (!entry.damaged.empty()) return entry;
    const auto kind = std::ranges::find(kKinds, text_member(line, "kind"));
    if (kind == kKinds.end()) return invalid("it has no kind");
    entry.kind = static_cast<EntryKind>(kind - kKinds.begin());
    entry.till = text_member(line, "till");
    entry.till_sequence = integer_member(line, "till_sequence");
    entry.transaction_id = text_member(line, "transaction_id");
    entry.type = text_member(line, "type");
    entry.business_day = text_member(line, "business_day");
    entry.occurred_at = text_member(line, "occurred_at");
    entry.refers_to = text_member(line, "refers_to");
    entry.receipt = text_member(line, "receipt");
    entry.problems = text_member(line, "problems");
    entry.repairs = integer_member(line, "repairs").value_or(0);
    entry.arrival.arrived_at = parse_rfc3339(text_member(line, "arrived_at")).value_or(WallTime{});
    entry.arrival.clock_trusted = sync::json_member(line, "clock_trusted") == "true";
    entry.erased = sync::json_member(line, "erased") == "true";
    const auto body = sync::json_string(sync::json_member(line, "body"));
    if (!body) return invalid("it has no body");
    entry.body = *body;
    if (text_member(line, "body_sha256") != to_hex(sha256(entry.body)))
        return fail(ErrorCode::kCorrupt, "its body is not the one that was exported");
    return entry;
}

std::string export_end(const ExportEnd& end) {
    return "{\"export\":{\"entries\":" + std::to_string(end.entries) + ",\"first\":" + std::to_string(end.first) +
           ",\"last\":" + std::to_string(end.last) + field("head", end.head) + field("sha256", end.sha256) + "}}\n";
}

std::optional<ExportEnd> read_export_end(std::string_view line) {
    const auto end = sync::is_json(line) ? sync::json_member(line, "export") : std::string_view();
    if (!end.starts_with('{')) return std::nullopt;
    return ExportEnd{integer_member(end, "entries").value_or(0), integer_member(end, "first").value_or(0),
                     integer_member(end, "last").value_or(0), text_member(end, "head"), text_member(end, "sha256")};
}

Result<Entry> read_received_line(std::string_view line) {
    if (line.size() > kExportLineBytesMax) return invalid("it is too long");
    if (!sync::is_json(line)) return invalid("it is no JSON");
    return sync::json_member(line, "specversion").empty() ? read_export_line(line) : read_event(line);
}

}  // namespace tillkeeper::agent
