#include "tests/till/answer.h"

#include <cjson/cJSON.h>

#include <array>
#include <memory>

namespace tillkeeper::till {
namespace {

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

constexpr std::array<std::string_view, 4> kOutcomes{"accepted", "duplicate", "quarantined", "refused"};

std::string text(const cJSON* object, const char* name) {
    const auto* node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(node) != 0 ? node->valuestring : "";
}

}  // namespace

std::string_view to_string(Outcome outcome) {
    return kOutcomes[static_cast<std::size_t>(outcome)];
}

std::optional<Answer> read_answer(std::string_view payload) {
    const Document root(cJSON_ParseWithLength(payload.data(), payload.size()));
    if (!root || text(root.get(), "reply_to") != "transaction") return std::nullopt;
    const std::string outcome = text(root.get(), "outcome");
    Answer answer;
    bool known = false;
    for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
        if (outcome != kOutcomes[i]) continue;
        answer.outcome = static_cast<Outcome>(i);
        known = true;
    }
    if (!known) return std::nullopt;
    answer.id = text(root.get(), "id");
    answer.hash = text(root.get(), "hash");
    answer.problem = text(root.get(), "problem");
    if (const auto* number = cJSON_GetObjectItemCaseSensitive(root.get(), "journal_number");
        cJSON_IsNumber(number) != 0)
        answer.journal_number = static_cast<std::int64_t>(number->valuedouble);
    if (const auto* wait = cJSON_GetObjectItemCaseSensitive(root.get(), "retry_after_ms"); cJSON_IsNumber(wait) != 0)
        answer.retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(wait->valuedouble));
    return answer;
}

}  // namespace tillkeeper::till
