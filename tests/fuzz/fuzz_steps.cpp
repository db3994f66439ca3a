// What a system answers to a request of several, through a program that makes the next request of it without looking:
// whatever it says, a request stays at its server, breaks out of no line, and only what is named delivered is.
// [sync-17]
//
// Input: one byte status, one byte switches, the rest is the body.
#include <array>
#include <string>

#include "sync/steps.h"
#include "sync/url_template.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;
using sync::AnswerKind;

namespace {

constexpr std::array kStatuses = {200, 201, 204, 207, 301, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503, 0};
const std::string kProgram = R"(
    if .answers == {} then {request: {name: "ask"}}
    else .answers.ask.body | if type == "object" and has("outcome") then . else {request: ., document: .document?} end end)";

sync::Steps make(const sync::DestinationConfig& config) {
    auto steps = sync::Steps::make(config, "0042");
    require(steps.has_value(), "the program compiles");
    return std::move(*steps);
}

bool is_line(std::string_view text) {
    for (const char c : text)
        if (c < 0x20 || c >= 0x7F) return false;
    return true;
}

void check_request(const HttpRequest& request, const std::string& url) {
    require(request.url.starts_with(url) && sync::origin_of(request.url) == sync::origin_of(url),
            "a request stays at its server");
    require(is_line(request.url) && !request.url.contains(' '), "an address is one word");
    std::size_t keys = 0;
    for (const auto& [name, value] : request.headers) {
        require(is_line(name) && is_line(value) && !name.contains(':') && !name.contains(' '), "a header is one line");
        require(name != "authorization" && name != "host" && name != "content-length" && name != "cookie",
                "a program does not sign in or route");
        keys += name == "idempotency-key" ? 1U : 0U;
    }
    require(keys == 1, "a request has one key");
}

void check_end(const sync::BatchAnswer& end, const HttpResponse& response) {
    require(end.items.size() <= 1, "one answer for one");
    const bool heard =
        (response.status >= 200 && response.status < 300) || (response.status >= 400 && response.status < 500);
    const bool delivered = !end.items.empty() && end.items.front().kind == AnswerKind::kDelivered;
    require(!delivered || heard, "what does not speak about the content delivers nothing");
    require(!delivered || response.body.contains("delivered") || response.body.contains("duplicate") ||
                response.body.contains('\\'),
            "delivered is only what is named so");
    require(!end.items.empty() || end.answer.kind != AnswerKind::kDelivered, "one is never delivered by silence");
    require(end.answer.kind != AnswerKind::kRejected || !end.answer.reason.empty(), "what is held has a reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const sync::DestinationConfig config = [] {
        sync::DestinationConfig made;
        made.name = "oms";
        made.kind = sync::DestinationKind::kSteps;
        made.url = "https://oms.example/api";
        made.steps = kProgram;
        return made;
    }();
    static sync::Steps steps = make(config);
    fuzz::Input input(data, size);
    HttpResponse response;
    response.status = kStatuses[input.below(kStatuses.size())];
    if ((input.byte() & 0xF0U) == 0xF0U) response.failure = TransportFailure::kTimeout;
    response.body = input.rest();
    storage::Entry entry;
    entry.number = 1;
    entry.till = "t1";
    entry.transaction_id = "a-1";
    entry.body = "{}";
    fakes::SeededRandom random(1);
    sync::StepsAttempt attempt;
    require(steps.begin(entry, "", attempt, random).has_value(), "the first request needs no answer");
    const auto end = steps.go_on(entry, response, attempt, fakes::FakeClock::kStart, random);
    if (end)
        check_end(*end, response);
    else
        check_request(attempt.request, config.url);
    require(attempt.to_remember.size() <= storage::kDocumentBytesMax && is_line(attempt.to_remember),
            "a document is a short line");
    return 0;
}
