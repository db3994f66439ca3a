#include "sync/item_answers.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "storage/progress.h"
#include "sync/answer_input.h"

namespace tillkeeper::sync {
namespace {

struct FreeJson {
    void operator()(cJSON* json) const { cJSON_Delete(json); }
};
struct FreeText {
    void operator()(char* text) const { cJSON_free(text); }
};
using Json = std::unique_ptr<cJSON, FreeJson>;

// The whole of it, not only how it begins: "200 OK" is a number to cJSON.
Json parse(std::string_view text) {
    const char* end = nullptr;
    Json json{cJSON_ParseWithLengthOpts(text.data(), text.size(), &end, 0)};
    const auto rest = json ? text.substr(static_cast<std::size_t>(end - text.data())) : std::string_view();
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) json.reset();
    return json;
}

std::string_view text_of(const cJSON* object, const char* name) {
    const cJSON* member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(member) != 0 ? std::string_view(member->valuestring) : std::string_view();
}

std::optional<Difference> difference_of(const cJSON* item) {
    const cJSON* member = cJSON_GetObjectItemCaseSensitive(item, "difference");
    if (member == nullptr || cJSON_IsNull(member) != 0) return std::nullopt;
    const std::unique_ptr<char, FreeText> text{cJSON_PrintUnformatted(member)};
    return read_difference(text ? text.get() : "{}");
}

// What cannot be a document's number is none: it is shown to people, and kept in the journal for years.
std::string document_of(const cJSON* member) {
    std::string text = cJSON_IsString(member) != 0 ? member->valuestring : "";
    if (cJSON_IsNumber(member) != 0) {
        const std::unique_ptr<char, FreeText> number{cJSON_PrintUnformatted(member)};
        text = number ? number.get() : "";
    }
    const bool fine = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
    const bool framed = !text.empty() && text.front() != ' ' && text.back() != ' ';
    return fine && framed && text.size() <= storage::kDocumentBytesMax ? text : "";
}

ItemAnswer item_answer(const cJSON* item) {
    const std::string_view outcome = text_of(item, "outcome");
    ItemAnswer answer{.kind = AnswerKind::kAgain, .reason = plain_words(text_of(item, "reason"))};
    if (outcome == "delivered" || outcome == "duplicate") answer.kind = AnswerKind::kDelivered;
    if (outcome == "rejected") answer.kind = AnswerKind::kRejected;
    if (answer.kind == AnswerKind::kDelivered) {
        answer.difference = difference_of(item);
        answer.document = document_of(cJSON_GetObjectItemCaseSensitive(item, "document"));
    }
    if (answer.kind == AnswerKind::kRejected && answer.reason.empty()) answer.reason = "rejected without a reason";
    return answer;
}

// What the body (or the program) names, in the order of the batch. Nothing when it names no items at all.
std::optional<std::vector<ItemAnswer>> named_items(const cJSON* json, const std::vector<storage::Entry>& batch,
                                                   AnswerKind unnamed) {
    const cJSON* items = cJSON_GetObjectItemCaseSensitive(json, "items");
    if (cJSON_IsArray(items) == 0) return {};
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < batch.size(); ++i) places.emplace(batch[i].transaction_id, i);
    std::vector<ItemAnswer> answers(batch.size(), {.kind = unnamed, .reason = "not named in the answer"});
    const cJSON* item = nullptr;
    cJSON_ArrayForEach(item, items) {
        const auto place = places.find(text_of(item, "id"));
        if (place != places.end()) answers[place->second] = item_answer(item);
    }
    return answers;
}

// Statuses that speak for the whole exchange, whatever their body says.
bool speaks_for_all(const Answer& answer) {
    return answer.kind == AnswerKind::kAgain || answer.kind == AnswerKind::kUnauthorised;
}

}  // namespace

BatchAnswer not_understood(std::string reason) {
    return {.answer = {.kind = AnswerKind::kAgain,
                       .reason = std::move(reason),
                       .cause = "service",
                       .retry_after = {},
                       .suspicious = true},
            .items = {}};
}

BatchAnswer one_by_one(std::vector<Verdict> verdicts) {
    const auto delivered = [](const Verdict& each) { return each.answer.kind == AnswerKind::kDelivered; };
    const auto rejected = [](const Verdict& each) { return each.answer.kind == AnswerKind::kRejected; };
    if (std::ranges::none_of(verdicts, delivered)) {
        const auto waits = std::ranges::find_if_not(verdicts, rejected);
        return {.answer = std::move((waits != verdicts.end() ? waits : verdicts.begin())->answer), .items = {}};
    }
    BatchAnswer whole{.answer = {.kind = AnswerKind::kDelivered, .reason = {}, .cause = {}}, .items = {}};
    const auto nothing_to_add = [&](const Verdict& each) { return delivered(each) && each.document.empty(); };
    if (std::ranges::all_of(verdicts, nothing_to_add)) return whole;
    for (Verdict& each : verdicts) {
        const auto kind = delivered(each) || rejected(each) ? each.answer.kind : AnswerKind::kAgain;
        whole.items.push_back({.kind = kind,
                               .reason = std::move(each.answer.reason),
                               .difference = {},
                               .document = std::move(each.document)});
    }
    return whole;
}

std::string read_document(std::string_view json) {
    return document_of(parse(json).get());
}

ItemAnswer read_item(std::string_view json) {
    return item_answer(parse(json).get());
}

BatchAnswer read_answer(const HttpResponse& response, const std::vector<storage::Entry>& batch, bool proof_by_item,
                        JqProgram* program, WallTime now) {
    BatchAnswer whole{.answer = classify(response, now), .items = {}};
    if (speaks_for_all(whole.answer)) return whole;
    const bool delivered = whole.answer.kind == AnswerKind::kDelivered;
    if (program == nullptr && delivered && response.body.empty() && !proof_by_item && response.status != 207)
        return whole;
    if (program == nullptr && !delivered) return whole;
    std::string transformed;
    if (program != nullptr) {
        auto output = program->run(answer_input(response, parse(response.body) ? response.body : std::string_view()));
        if (!output && delivered) return not_understood("the answer cannot be read: " + output.error().message);
        if (!output) return whole;
        transformed = std::move(*output);
    }
    const std::string& body = program != nullptr ? transformed : response.body;
    const Json json = parse(body);
    if (!json) return delivered ? not_understood("the answer is not JSON") : whole;
    const bool proof_needed = proof_by_item || response.status == 207;
    const AnswerKind unnamed = delivered && !proof_needed ? AnswerKind::kDelivered : AnswerKind::kAgain;
    auto items = named_items(json.get(), batch, unnamed);
    if (items)
        whole.items = std::move(*items);
    else if (delivered && proof_needed)
        return not_understood("the answer names no items");
    return whole;
}

}  // namespace tillkeeper::sync
