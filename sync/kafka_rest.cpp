#include "sync/kafka_rest.h"

#include <algorithm>

#include "platform/ascii.h"
#include "storage/progress.h"
#include "sync/json_slices.h"
#include "sync/json_text.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kTopicBytesMax = 249;

// Codes as the proxy documents them (1, 2), and as its newer versions write them: status times 100, and more.
Answer error_of(std::int64_t code, std::string_view words) {
    const std::string reason = "Kafka error " + std::to_string(code) + (words.empty() ? "" : ": " + plain_words(words));
    const std::int64_t status = code / 100;
    const auto again = [&](std::string_view cause, bool suspicious) {
        return Answer{.kind = AnswerKind::kAgain,
                      .reason = reason,
                      .cause = std::string(cause),
                      .retry_after = {},
                      .suspicious = suspicious};
    };
    if (code == 2 || code == 50003 || status == 404 || status == 408) return again("service", false);
    if (status == 401 || status == 403) return again("login", false);
    if (status == 429) {
        Answer answer = again("service", false);
        answer.too_many = true;
        return answer;
    }
    if (code == 1 || code == 50002 || (status >= 400 && status < 500))
        return {.kind = AnswerKind::kRejected, .reason = reason, .cause = {}};
    return again("service", true);
}

Verdict verdict_on(std::string_view place, std::string_view topic) {
    const auto code = json_integer(json_member(place, "error_code"));
    if (code && *code != 0)
        return {.answer = error_of(*code, json_string(json_member(place, "error")).value_or("")), .document = {}};
    const auto partition = json_integer(json_member(place, "partition"));
    const auto offset = json_integer(json_member(place, "offset"));
    if (!partition || !offset) return {.answer = error_of(0, "neither offset nor error"), .document = {}};
    std::string document = std::string(topic) + '/' + std::to_string(*partition) + '/' + std::to_string(*offset);
    if (document.size() > storage::kDocumentBytesMax) document.erase(0, document.size() - storage::kDocumentBytesMax);
    return {.answer = {.kind = AnswerKind::kDelivered, .reason = {}, .cause = {}}, .document = std::move(document)};
}

}  // namespace

bool is_kafka_topic(std::string_view text) {
    const auto fine = [](char c) { return is_ascii_alnum(c) || c == '.' || c == '_' || c == '-'; };
    return !text.empty() && text.size() <= kTopicBytesMax && text != "." && text != ".." &&
           std::ranges::all_of(text, fine);
}

void append_kafka_record(std::string& body, std::string_view key, std::string_view value) {
    body += body.empty() ? R"({"records":[{"key":)" : R"(,{"key":)";
    append_json_string(body, key);
    body.append(",\"value\":").append(value) += '}';
}

void end_kafka_records(std::string& body) {
    body += "]}";
}

BatchAnswer read_kafka_answer(const HttpResponse& response, std::size_t batch_size, std::string_view topic,
                              WallTime now) {
    BatchAnswer whole{.answer = classify(response, now), .items = {}};
    if (whole.answer.kind != AnswerKind::kDelivered) return whole;
    if (!is_json(response.body)) return not_understood("the answer is not JSON");
    const auto offsets = json_member(response.body, "offsets");
    std::vector<Verdict> verdicts;
    for (JsonPieces places(offsets.starts_with('[') ? offsets : ""); places.next();)
        verdicts.push_back(verdict_on(places.value(), topic));
    if (verdicts.size() != batch_size)
        return not_understood("the answer speaks of " + std::to_string(verdicts.size()) + " records, and " +
                              std::to_string(batch_size) + " were sent");
    return one_by_one(std::move(verdicts));
}

}  // namespace tillkeeper::sync
