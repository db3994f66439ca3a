#include "sync/steps.h"

#include <algorithm>
#include <array>
#include <utility>

#include "platform/ascii.h"
#include "sync/answer_input.h"
#include "sync/json_slices.h"
#include "sync/json_text.h"
#include "sync/trace_parent.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kNameBytesMax = 32;
constexpr std::size_t kPathBytesMax = 4096;
constexpr std::size_t kHeadersMax = 16;
constexpr std::size_t kHeaderBytesMax = 1024;
constexpr std::array<std::string_view, 5> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::array<std::string_view, 12> kOurHeaders{
    "authorization",   "connection", "content-encoding", "content-length",   "cookie", "dpop", "expect", "host",
    "idempotency-key", "te",         "upgrade",          "transfer-encoding"};

bool is_name(std::string_view text) {
    const auto fine = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    return !text.empty() && text.size() <= kNameBytesMax && std::ranges::all_of(text, fine);
}

bool is_visible(char c) {
    return c > 0x20 && c < 0x7F;
}

// After the address it can name another place on that server, and no other server.
bool is_path(std::string_view text) {
    const auto fine = [](char c) { return is_visible(c) && c != '#' && c != '\\'; };
    return text.empty() || ((text.front() == '/' || text.front() == '?') && text.size() <= kPathBytesMax &&
                            std::ranges::all_of(text, fine));
}

bool is_header_name(std::string_view text) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";  // RFC 9110 section 5.6.2, in lower case
    const auto fine = [&](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kOthers.contains(c); };
    return !text.empty() && text.size() <= kHeaderBytesMax && std::ranges::all_of(text, fine) &&
           !text.starts_with("proxy-") && std::ranges::find(kOurHeaders, text) == kOurHeaders.end();
}

bool is_header_value(std::string_view text) {
    return text.size() <= kHeaderBytesMax &&
           std::ranges::all_of(text, [](char c) { return is_visible(c) || c == ' '; });
}

Result<void> set_headers(std::string_view written, HttpHeaders& headers) {
    std::size_t count = 0;
    for (JsonPieces pieces(written); pieces.next();) {
        const auto name = ascii_lower(json_string(pieces.name()).value_or(""));
        const auto value = json_string(pieces.value());
        if (++count > kHeadersMax || !is_header_name(name) || !value || !is_header_value(*value))
            return fail(ErrorCode::kInvalid, "a header that cannot be sent");
        const auto same = std::ranges::find(headers, name, [](const auto& header) { return header.first; });
        if (same != headers.end())
            same->second = *value;
        else
            headers.emplace_back(name, *value);
    }
    return {};
}

bool speaks_about_content(const HttpResponse& response) {
    if (response.failure != TransportFailure::kNone) return false;
    const int status = response.status;
    const bool patience = status == 408 || status == 425 || status == 429;
    return (status >= 200 && status < 300) || (status >= 400 && status < 500 && status != 401 && !patience);
}

BatchAnswer ended(std::string_view written) {
    if (json_string(json_member(written, "outcome")) == "unauthorised")
        return {.answer = {.kind = AnswerKind::kUnauthorised,
                           .reason = "the steps program says unauthorised",
                           .cause = "login"},
                .items = {}};
    ItemAnswer item = read_item(written);
    if (item.kind != AnswerKind::kRejected)
        return {.answer = {.kind = AnswerKind::kDelivered}, .items = {std::move(item)}};
    return {.answer = {.kind = AnswerKind::kRejected, .reason = std::move(item.reason)}, .items = {}};
}

// Beside a request: what to remember before it leaves.
void note_document(std::string_view said, StepsAttempt& attempt) {
    attempt.to_remember = read_document(json_member(said, "document"));
    if (attempt.to_remember == attempt.document)
        attempt.to_remember.clear();
    else if (!attempt.to_remember.empty())
        attempt.document = attempt.to_remember;
}

}  // namespace

Steps::Steps(const DestinationConfig& config, std::string store_id, JqProgram program, ClockOffset clock_offset)
    : config_(&config),
      store_id_(std::move(store_id)),
      program_(std::move(program)),
      clock_offset_(std::move(clock_offset)) {}

Result<Steps> Steps::make(const DestinationConfig& config, std::string store_id, ClockOffset clock_offset) {
    auto program = JqProgram::compile(config.steps, config.name + ".steps");
    if (!program) return std::unexpected(program.error());
    return Steps(config, std::move(store_id), std::move(*program), std::move(clock_offset));
}

Result<std::string> Steps::decide(const storage::Entry& entry, const StepsAttempt& attempt) {
    std::string input = RequestBuilder::mapping_input(entry, sale_time(entry, clock_offset_), store_id_);
    input.pop_back();
    input += ",\"answers\":{";
    for (const auto& [name, answer] : attempt.answers) {
        if (input.back() != '{') input += ',';
        input.append("\"").append(name).append("\":").append(answer);
    }
    input += "},\"document\":";
    if (attempt.document.empty())
        input += "null";
    else
        append_json_string(input, attempt.document);
    input += '}';
    auto said = program_.run(input);
    if (!said) return fail(said.error().code, "the steps program failed: " + said.error().message);
    return said;
}

Result<void> Steps::set_request(std::string_view written, const storage::Entry& entry, StepsAttempt& attempt,
                                Random& random) const {
    const auto wrong = [](std::string_view what) {
        return fail(ErrorCode::kInvalid, "the steps program asks for a request with " + std::string(what));
    };
    const auto text = [&](std::string_view name) { return json_string(json_member(written, name)).value_or(""); };
    const auto body = json_member(written, "body");
    const bool has_body = !body.empty() && body != "null";
    attempt.name = text("name");
    if (!is_name(attempt.name)) return wrong("a name other than 1 to 32 of a-z 0-9 _ -");
    HttpRequest request;
    request.method = text("method");
    if (request.method.empty()) request.method = has_body ? "POST" : "GET";
    if (std::ranges::find(kMethods, request.method) == kMethods.end()) return wrong("an unknown method");
    const auto path = text("path");
    if (!is_path(path)) return wrong("a path that does not begin with \"/\" or \"?\", or holds what no path may");
    request.url = config_->url + path;
    if (has_body) request.body = json_string(body).value_or(std::string(body));
    request.total_timeout = config_->request_timeout;
    request.response_bytes_max = std::size_t{1} << 20;
    request.ca_file = config_->ca_file;
    request.headers = {{"accept", "application/json"},
                       {"idempotency-key", entry.transaction_id + "/" + attempt.name},
                       {"traceparent", is_traceparent(entry.traceparent) ? child_traceparent(entry.traceparent, random)
                                                                         : new_traceparent(random)}};
    if (has_body) request.headers.emplace_back("content-type", "application/json");
    if (auto set = set_headers(json_member(written, "headers"), request.headers); !set)
        return wrong(set.error().message);
    attempt.request = std::move(request);
    ++attempt.asked;
    return {};
}

Result<void> Steps::begin(const storage::Entry& entry, std::string document, StepsAttempt& attempt, Random& random) {
    attempt = {};
    attempt.document = std::move(document);
    const auto said = decide(entry, attempt);
    if (!said) return std::unexpected(said.error());
    const auto request = json_member(*said, "request");
    note_document(*said, attempt);
    if (!request.empty()) return set_request(request, entry, attempt, random);
    const bool rejected = json_string(json_member(*said, "outcome")) == "rejected";
    return fail(ErrorCode::kInvalid, rejected ? read_item(*said).reason : "the steps program asks for no request");
}

std::optional<BatchAnswer> Steps::go_on(const storage::Entry& entry, const HttpResponse& response,
                                        StepsAttempt& attempt, WallTime now, Random& random) {
    if (!speaks_about_content(response)) {
        BatchAnswer whole{.answer = classify(response, now), .items = {}};
        whole.answer.reason = "request " + attempt.name + ", " + whole.answer.reason;
        return whole;
    }
    attempt.bytes += response.body.size();
    if (attempt.bytes > kStepsBytesMax) return not_understood("the answers of one transaction are too large");
    attempt.answers[attempt.name] =
        answer_input(response, is_json(response.body) ? std::string_view(response.body) : std::string_view());
    const auto said = decide(entry, attempt);
    if (!said) return not_understood(said.error().message);
    const auto request = json_member(*said, "request");
    if (request.empty()) return ended(*said);
    note_document(*said, attempt);
    if (attempt.asked == kStepsMax) return not_understood("the steps program does not come to an end");
    if (auto set = set_request(request, entry, attempt, random); !set) return not_understood(set.error().message);
    return std::nullopt;
}

}  // namespace tillkeeper::sync
