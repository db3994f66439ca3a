#include "sync/cloudevents.h"

#include "sync/json_text.h"
#include "sync/trace_parent.h"
#include "sync/url_template.h"

namespace tillkeeper::sync {
namespace {

// What differs from the usual, see the header.
template <typename Visit>
void each_of_clock(const storage::Entry& entry, const SaleTime& time, const Visit& visit) {
    if (time.clock == SaleTime::Clock::kTrusted) return;
    visit("clock", to_string(time.clock));
    if (time.clock != SaleTime::Clock::kCorrected) return;
    visit("arrivedat", to_rfc3339(time.arrived_at, true));
    visit("arrivedatoriginal", to_rfc3339(entry.arrival.arrived_at, true));
    if (time.occurred_at.empty()) return;
    visit("timeoriginal", entry.occurred_at);
    visit("businessday", time.business_day);
}

// Each attribute as name and value, in the order in which they are written.
template <typename Visit>
void each_attribute(std::string_view source, const storage::Entry& entry, const SaleTime& time, const Visit& visit) {
    visit("specversion", "1.0");
    visit("id", entry.transaction_id);
    visit("source", source);
    visit("type", "tillkeeper." + entry.type + ".v1");
    visit("subject", entry.till);
    if (!time.occurred_at.empty())
        visit("time", time.occurred_at);
    else if (parse_rfc3339(entry.occurred_at))
        visit("time", entry.occurred_at);
    each_of_clock(entry, time, visit);
    if (is_traceparent(entry.traceparent)) visit("traceparent", entry.traceparent);
    visit("till", entry.till);
    if (entry.till_sequence) visit("sequence", std::to_string(*entry.till_sequence));
    visit("journalnumber", std::to_string(entry.number));
    visit("idempotencykey", entry.transaction_id);
}

}  // namespace

CloudEvents::CloudEvents(std::string_view store_id) : source_("urn:tillkeeper:store:" + std::string(store_id)) {}

void CloudEvents::append(std::string& out, const storage::Entry& entry, const SaleTime& time,
                         std::string_view data) const {
    out += '{';
    each_attribute(source_, entry, time, [&](std::string_view name, std::string_view value) {
        out.append("\"").append(name).append("\":");
        append_json_string(out, value);
        out += ',';
    });
    out.append("\"datacontenttype\":\"").append(kCloudEventsDataType).append("\",\"data\":").append(data) += '}';
}

CloudEvents::Attributes CloudEvents::attributes(const storage::Entry& entry, const SaleTime& time) const {
    Attributes all;
    each_attribute(source_, entry, time,
                   [&](std::string_view name, std::string_view value) { all.emplace_back(name, value); });
    return all;
}

std::string header_value(std::string_view attribute) {
    std::string value;
    for (const char c : attribute)
        if (c > 0x20 && c < 0x7F && c != '"' && c != '%')
            value += c;
        else
            append_percent_encoded(value, c);
    return value;
}

}  // namespace tillkeeper::sync
