#include "sync/cloudevents.h"

#include "sync/json_text.h"
#include "sync/trace_parent.h"

namespace tillkeeper::sync {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":");
    append_json_string(out, text);
}

// What differs from the usual, see the header.
void append_clock(std::string& out, const storage::Entry& entry, const SaleTime& time) {
    if (time.clock == SaleTime::Clock::kTrusted) return;
    append_member(out, "clock", to_string(time.clock));
    if (time.clock != SaleTime::Clock::kCorrected) return;
    append_member(out, "arrivedat", to_rfc3339(time.arrived_at, true));
    append_member(out, "arrivedatoriginal", to_rfc3339(entry.arrival.arrived_at, true));
    if (time.occurred_at.empty()) return;
    append_member(out, "timeoriginal", entry.occurred_at);
    append_member(out, "businessday", time.business_day);
}

}  // namespace

void CloudEventsBatch::begin(std::string& out) {
    if (source_.empty()) {
        source_ = ",\"source\":";
        append_json_string(source_, "urn:tillkeeper:store:" + std::string(store_id_));
    }
    first_ = true;
    out.clear();
    out += '[';
}

void CloudEventsBatch::add(std::string& out, const storage::Entry& entry, const SaleTime& time, std::string_view data) {
    if (!std::exchange(first_, false)) out += ',';
    out += R"({"specversion":"1.0","id":)";
    append_json_string(out, entry.transaction_id);
    out += source_;
    out += ",\"type\":";
    append_json_string(out, "tillkeeper." + entry.type + ".v1");
    out += ",\"subject\":";
    append_json_string(out, entry.till);
    if (!time.occurred_at.empty())
        append_member(out, "time", time.occurred_at);
    else if (parse_rfc3339(entry.occurred_at))
        append_member(out, "time", entry.occurred_at);
    append_clock(out, entry, time);
    if (is_traceparent(entry.traceparent)) append_member(out, "traceparent", entry.traceparent);
    out += ",\"till\":";
    append_json_string(out, entry.till);
    if (entry.till_sequence) {
        out += ",\"sequence\":\"";
        out += std::to_string(*entry.till_sequence);
        out += '"';
    }
    out += ",\"journalnumber\":\"";
    out += std::to_string(entry.number);
    out += "\",\"idempotencykey\":";
    append_json_string(out, entry.transaction_id);
    out += R"(,"datacontenttype":"application/json","data":)";
    out += data;
    out += '}';
}

void CloudEventsBatch::end(std::string& out) {
    out += ']';
}

}  // namespace tillkeeper::sync
