#include "sync/cloudevents.h"

#include "sync/json_text.h"

namespace tillkeeper::sync {

void CloudEventsBatch::begin(std::string& out) {
    if (source_.empty()) {
        source_ = ",\"source\":";
        append_json_string(source_, "urn:tillkeeper:store:" + std::string(store_id_));
    }
    first_ = true;
    out.clear();
    out += '[';
}

void CloudEventsBatch::add(std::string& out, const storage::Entry& entry, std::string_view data) {
    if (!std::exchange(first_, false)) out += ',';
    out += R"({"specversion":"1.0","id":)";
    append_json_string(out, entry.transaction_id);
    out += source_;
    out += ",\"type\":";
    append_json_string(out, "tillkeeper." + entry.type + ".v1");
    out += ",\"subject\":";
    append_json_string(out, entry.till);
    if (parse_rfc3339(entry.occurred_at)) {
        out += ",\"time\":";
        append_json_string(out, entry.occurred_at);
    }
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
