#include "agent/lookups/answer.h"

#include <numeric>
#include <utility>

namespace tillkeeper::agent {
namespace {

std::string head(std::string_view request_id, std::string_view collection) {
    return R"({"reply_to":"lookup","request_id":)" + std::string(request_id) + R"(,"collection":)" +
           (collection.empty() ? "null" : quoted(collection)) + ',';
}

void append_array(std::string& out, const std::vector<std::string>& objects) {
    out += '[';
    for (const auto& each : objects) {
        if (out.back() != '[') out += ',';
        out += each;
    }
    out += ']';
}

void append_records(std::string& out, const LookupResult& result) {
    out += R"(,"record":)" + result.records.front();
    if (!result.deliveries.empty()) out += R"(,"delivery":)" + result.deliveries.front();
    if (!result.list && !result.more && result.records.size() < 2) return;
    append_array(out += R"(,"records":)", result.records);
    if (!result.deliveries.empty()) append_array(out += R"(,"deliveries":)", result.deliveries);
    out += result.more ? R"(,"more":true)" : R"(,"more":false)";
}

}  // namespace

std::string_view to_string(LookupOutcome outcome) {
    switch (outcome) {
        case LookupOutcome::kFound:
            return "found";
        case LookupOutcome::kNotFound:
            return "not_found";
        case LookupOutcome::kUnknown:
            return "unknown";
        case LookupOutcome::kRefused:
            return "refused";
    }
    std::unreachable();
}

std::string_view to_string(LookupSource source) {
    switch (source) {
        case LookupSource::kNone:
            return "none";
        case LookupSource::kLive:
            return "live";
        case LookupSource::kMirror:
            return "mirror";
    }
    std::unreachable();
}

bool add_record(LookupResult& result, std::string record) {
    const auto told = std::accumulate(result.records.begin(), result.records.end(), record.size(),
                                      [](std::size_t bytes, const auto& each) { return bytes + each.size(); });
    result.more =
        !result.records.empty() && (result.records.size() >= kLookupRecordsMax || told > kLookupRecordBytesMax);
    if (!result.more) result.records.push_back(std::move(record));
    return !result.more;
}

LookupResult not_known() {
    return {};
}

std::string lookup_answer(std::string_view request_id, std::string_view collection, const LookupResult& result,
                          bool deferred) {
    std::string out = head(quoted(request_id), collection) + R"("outcome":")";
    out += to_string(result.outcome);
    out += '"';
    if (result.source != LookupSource::kNone) {
        out += R"(,"source":")";
        out += to_string(result.source);
        out += R"(","as_of":)" + (result.as_of ? quoted(to_rfc3339(*result.as_of)) : "null");
        out += result.stale ? R"(,"stale":true)" : R"(,"stale":false)";
    }
    if (deferred) out += R"(,"deferred":true)";
    if (result.outcome == LookupOutcome::kFound && !result.records.empty()) append_records(out, result);
    return out + '}';
}

std::string lookup_refused_answer(const std::optional<std::string>& request_id, std::string_view collection,
                                  LookupRefusal refusal, const Problem& problem, std::optional<Duration> retry_after) {
    return head(request_id ? quoted(*request_id) : "null", collection) +
           refusal_end(to_string(refusal), {problem}, retry_after);
}

}  // namespace tillkeeper::agent
