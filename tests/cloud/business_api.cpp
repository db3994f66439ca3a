#include "tests/cloud/business_api.h"

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::string_view kBatchType = "application/cloudevents-batch+json";
constexpr std::string_view kSingleType = "application/cloudevents+json";
constexpr std::string_view kDataType = "application/json";
constexpr std::size_t kAnswerBytesPerItem = 100;

bool is_media_type(std::string_view content_type, std::string_view wanted) {
    return content_type.starts_with(wanted) &&
           (content_type.size() == wanted.size() || content_type[wanted.size()] == ';');
}

Answer told_status(const Strike& strike) {
    Answer answer = error_answer(*strike.status, "told_to_fail");
    if (strike.retry_after_s) answer.headers.emplace_back("retry-after", std::to_string(*strike.retry_after_s));
    if (*strike.status == 401) answer.headers.emplace_back("www-authenticate", "Bearer error=\"invalid_token\"");
    return answer;
}

void append_delivered(std::string& out, Destination destination, std::string_view id, std::uint64_t document) {
    out += "{\"id\":";
    append_json_string(out, id);
    out += R"(,"outcome":"delivered","reason":null,"document":")";
    out += document_number(destination, document);
    out += "\"}";
}

void append_difference(std::string& out, const BookedOtherwise& difference) {
    out.pop_back();
    out += R"(,"difference":{"cause":)";
    append_json_string(out, difference.cause);
    out += R"(,"amount":)" + std::to_string(difference.amount) + R"(,"unit":"points"}})";
}

void append_rejected(std::string& out, std::string_view id, std::string_view reason) {
    out += "{\"id\":";
    append_json_string(out, id);
    out += R"(,"outcome":"rejected","reason":)";
    append_json_string(out, reason);
    out += R"(,"document":null})";
}

}  // namespace

bool BusinessApi::resets_body(const Request& head) {
    const auto destination = destination_at(head.path);
    return destination && faults_.strikes_body(*destination);
}

Fate BusinessApi::serve(const Request& request) {
    const auto destination = destination_at(request.path);
    if (!destination) return {.answer = error_answer(404, "not_found")};
    if (keeps_book(*destination)) ++ledger_.book(*destination).requests;
    const Strike strike = faults_.strike(*destination);
    if (strike.hang) return {.kind = Fate::Kind::kHang};
    if (strike.status) return {.delay = strike.delay, .answer = told_status(strike)};
    if (strike.garbage)
        return {.delay = strike.delay,
                .answer = {.content_type = "text/html", .body = "<html>Welcome to Wi-Fi</html>"}};
    Fate fate{.delay = strike.delay};
    if (strike.cut_answer) fate.kind = Fate::Kind::kCut;
    if (strike.lose_answer) fate.kind = Fate::Kind::kReset;
    fate.answer = act(*destination, request);
    if (*destination != Destination::kToken) tokens_.finish(fate.answer);
    return fate;
}

Answer BusinessApi::act(Destination destination, const Request& request) {
    if (destination == Destination::kToken) return tokens_.grant(request);
    if (keeps_book(destination)) return take(destination, request);
    if (auto refused = tokens_.refusal(request)) return *std::move(refused);
    if (destination == Destination::kFeed) return feeds_.feed(request);
    return destination == Destination::kLive ? feeds_.live(request) : loyalty_.serve(request);
}

Answer BusinessApi::take(Destination destination, const Request& request) {
    if (request.method != "POST") return error_answer(405, "method_not_allowed", "POST only");
    if (auto refused = tokens_.refusal(request)) return *std::move(refused);
    if (request.too_large) return error_answer(413, "too_large", "the body has more than 4 MiB");
    const bool single = is_media_type(request.content_type, kSingleType);
    const bool binary = is_media_type(request.content_type, kDataType) && !request.event.empty();
    if (!single && !binary && !is_media_type(request.content_type, kBatchType))
        return error_answer(415, "unsupported_media_type", "CloudEvents only");
    if (!request.content_encoding.empty() && request.content_encoding != "gzip")
        return error_answer(415, "unsupported_encoding", "gzip or nothing");
    std::string_view body = request.body;
    if (!request.content_encoding.empty()) {
        const auto expanded = gunzip_.expand(request.body);
        if (!expanded)
            return error_answer(expanded.error().code == ErrorCode::kLimit ? 413 : 400, "bad_body",
                                expanded.error().message);
        body = *expanded;
    }
    if (!binary) return take_events(destination, body, single);
    const auto event = structured(request.event, body);
    if (!event) return error_answer(400, "bad_header", event.error().message);
    return take_events(destination, *event, true);
}

Answer BusinessApi::take_events(Destination destination, std::string_view body, bool single) {
    auto batch = EventBatch::parse(destination, body, single);
    if (!batch)
        return error_answer(batch.error().code == ErrorCode::kLimit ? 413 : 400, "bad_body", batch.error().message);
    if (const auto status = faults_.strike_items(destination, batch->events))
        return error_answer(*status, *status == 400 ? "bad_batch" : "internal_error");
    std::string out = "{\"items\":[";
    out.reserve(batch->events.size() * kAnswerBytesPerItem);
    for (const Event& event : batch->events) {
        if (out.back() != '[') out += ',';
        if (event.problem.empty()) {
            if (!ledger_.book(destination).effects.contains(event.id)) data_.delivered(destination, event);
            append_delivered(out, destination, event.id, ledger_.apply(destination, event));
            const auto otherwise = data_.booked_otherwise(destination, event);
            if (otherwise) append_difference(out, *otherwise);
        } else {
            ++ledger_.book(destination).rejected;
            append_rejected(out, event.id, event.problem);
        }
    }
    out += "]}\n";
    if (auto kept = ledger_.flush(); !kept) return error_answer(500, "ledger", kept.error().message);
    return json_answer(200, std::move(out));
}

}  // namespace tillkeeper::cloud
