#include "sync/source_request.h"

#include <utility>

#include "sync/json_slices.h"
#include "sync/json_text.h"
#include "sync/url_template.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kTokenBytesMax = 8192;  // of a page's name or a cursor: it becomes an address

bool is_address(std::string_view page) {
    return page.starts_with("http:") || page.starts_with("https:");
}

void append_variable(std::string& out, std::string_view name, std::string_view value) {
    if (out.back() != '{') out += ',';
    append_json_string(out, name);
    out += ':';
    if (value.empty())
        out += "null";
    else
        append_json_string(out, value);
}

HttpRequest graphql(std::string_view query, std::pair<std::string_view, std::string_view> first,
                    std::pair<std::string_view, std::string_view> second) {
    HttpRequest request{.method = "POST"};
    request.headers = {{"accept", "application/json"}, {"content-type", "application/json"}};
    request.body = "{\"query\":";
    append_json_string(request.body, query);
    std::string variables = "{";
    append_variable(variables, first.first, first.second);
    append_variable(variables, second.first, second.second);
    request.body += ",\"variables\":" + variables + "}}";
    return request;
}

}  // namespace

std::string PullPosition::stored() const {
    std::string out = "[";
    append_json_string(out, page);
    out += ',';
    append_json_string(out, cursor);
    out += ',';
    append_json_string(out, validator);
    return out + "]";
}

PullPosition PullPosition::from(std::string_view stored) {
    PullPosition position;
    JsonPieces pieces(stored);
    for (std::string* part : {&position.page, &position.cursor, &position.validator})
        if (pieces.next()) *part = json_string(pieces.value()).value_or("");
    return position;
}

bool takes_cursor(const SourceConfig& config) {
    return config.url.find("{cursor}") != std::string::npos || config.query.find("$cursor") != std::string::npos;
}

std::string why_not_next(const SourceConfig& config, std::string_view next, std::string_view page) {
    if (next.empty()) return {};
    if (next == page) return "a page names itself as the next one";
    if (next.size() > kTokenBytesMax) return "the name of the next page is too long";
    if (is_address(next)) {
        const auto origin = origin_of(next);
        return origin && origin == origin_of(config.url) ? "" : "the next page is at another origin";
    }
    const bool place = config.kind == SourceKind::kGraphQl || config.url.find("{page}") != std::string::npos;
    return place ? "" : "there is a next page, but the address has no place for its name";
}

HttpRequest page_request(const SourceConfig& config, std::string_view page, std::string_view cursor,
                         std::string_view validator) {
    HttpRequest request;
    if (config.kind == SourceKind::kGraphQl) {
        request = graphql(config.query, {"cursor", cursor}, {"page", page});
        request.url = is_address(page) ? page : config.url;
    } else {
        const bool lines = config.format == PageFormat::kNdjson;
        request.headers = {{"accept", lines ? "application/x-ndjson" : "application/json"}};
        request.url = is_address(page) ? std::string(page) : filled(config.url, {{"cursor", cursor}, {"page", page}});
    }
    const bool tag = validator.starts_with('"') || validator.starts_with("W/");
    if (!validator.empty()) request.headers.emplace_back(tag ? "if-none-match" : "if-modified-since", validator);
    request.total_timeout = config.request_timeout;
    request.response_bytes_max = config.page_bytes_max;
    request.ca_file = config.ca_file;
    return request;
}

HttpRequest live_request(const SourceConfig& config, std::string_view field, std::string_view value) {
    HttpRequest request;
    const std::string_view name = field.empty() ? std::string_view(config.record_key) : field;
    if (!config.live->query.empty()) {
        request = graphql(config.live->query, {"key", value}, {"field", name});
        request.url = config.live->url.empty() ? config.url : config.live->url;
    } else {
        request.headers = {{"accept", "application/json"}};
        request.url = filled(config.live->url, {{"key", value}, {"field", name}});
    }
    request.total_timeout = config.live->deadline;
    request.connect_timeout = config.live->deadline;
    request.response_bytes_max = storage::kMirrorBodyBytesMax * 4;
    request.ca_file = config.ca_file;
    return request;
}

}  // namespace tillkeeper::sync
