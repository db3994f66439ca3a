#include "till/reply.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <array>
#include <memory>

namespace tillkeeper::pos {
namespace {

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

constexpr std::array<std::string_view, 4> kOutcomes{"accepted", "duplicate", "quarantined", "refused"};
constexpr double kRetryMsMax = 3'600'000;  // a till asks at least once an hour

std::string text(const cJSON* object, const char* name) {
    const auto* node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(node) != 0 ? node->valuestring : "";
}

std::optional<double> number(const cJSON* object, const char* name) {
    const auto* node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(node) != 0 ? std::optional(node->valuedouble) : std::nullopt;
}

}  // namespace

std::optional<Reply> read_reply(std::string_view payload, std::string_view correlation_data) {
    const Document root(cJSON_ParseWithLength(payload.data(), payload.size()));
    if (!root || text(root.get(), "reply_to") != "transaction") return std::nullopt;
    const auto known = std::ranges::find(kOutcomes, text(root.get(), "outcome"));
    if (known == kOutcomes.end()) return std::nullopt;
    Reply reply;
    reply.outcome = static_cast<Outcome>(known - kOutcomes.begin());
    reply.id = text(root.get(), "id");
    if (reply.id.empty()) reply.id = correlation_data;
    if (reply.id.empty() || (!correlation_data.empty() && reply.id != correlation_data)) return std::nullopt;
    reply.journal_number =
        static_cast<std::int64_t>(std::clamp(number(root.get(), "journal_number").value_or(0), 0.0, 0x1p53));
    reply.problem = text(root.get(), "problem");
    if (const auto wait = number(root.get(), "retry_after_ms"))
        reply.retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(std::clamp(*wait, 0.0, kRetryMsMax)));
    return reply;
}

std::string state_of(std::string_view document) {
    const Document root(cJSON_ParseWithLength(document.data(), document.size()));
    return text(root.get(), "state");
}

}  // namespace tillkeeper::pos
