#include "tests/cloud/feed_api.h"

#include <algorithm>
#include <charconv>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::string_view kFeed = "/feed/v1/";
constexpr std::string_view kLive = "/live/v1/";
constexpr std::size_t kRowsUsually = 500;
constexpr std::size_t kRowsMax = 20'000;

std::size_t rows_asked(std::string_view text) {
    std::size_t rows = 0;
    std::from_chars(text.data(), text.data() + text.size(), rows);
    return rows == 0 ? kRowsUsually : std::min(rows, kRowsMax);
}

std::string text_or_null(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return text.empty() ? "null" : out;
}

std::string graphql(std::string_view name, const std::string& value) {
    return "{\"data\":{\"" + std::string(name) + "\":" + value + "}}\n";
}

Answer graphql_error(std::string_view code) {
    return json_answer(200, R"({"data":null,"errors":[{"message":"not possible","extensions":{"code":")" +
                                std::string(code) + "\"}}]}\n");
}

}  // namespace

std::string page_json(const FeedPage& page) {
    std::string out = "{\"records\":[";
    for (const auto& record : page.records) {
        if (out.back() != '[') out += ',';
        out += record;
    }
    out += "],\"deleted\":[";
    for (const auto& key : page.deleted) {
        if (out.back() != '[') out += ',';
        append_json_string(out, key);
    }
    return out + "],\"next\":" + text_or_null(page.next) + ",\"cursor\":" + text_or_null(page.cursor) + "}";
}

std::string page_lines(const FeedPage& page) {
    std::string out;
    for (const auto& record : page.records) out += record + "\n";
    for (const auto& key : page.deleted) {
        out += "{\"deleted\":";
        append_json_string(out, key);
        out += "}\n";
    }
    return out + "{\"next\":" + text_or_null(page.next) + ",\"cursor\":" + text_or_null(page.cursor) + "}\n";
}

// ?cursor=&page=&limit=&format=json|ndjson&whole=1 (no cursor is named: each pull is a full one, with an ETag)
Answer feed_answer(const Table& table, const Request& request) {
    const auto parameter = [&](std::string_view name) { return form_value(request.query, name); };
    const std::string tag = "\"" + std::string(table.shape().name) + "-" + std::to_string(table.version()) + "\"";
    if (request.if_none_match == tag) return {.status = 304, .headers = {{"etag", tag}}};
    auto page = table.page(parameter("cursor"), parameter("page"), rows_asked(parameter("limit")));
    if (page.forgotten) return error_answer(410, "cursor_forgotten", "read all of it again");
    if (parameter("whole") == "1") page.cursor.clear();
    const bool lines = parameter("format") == "ndjson";
    return {.content_type = lines ? "application/x-ndjson" : "application/json",
            .headers = {{"etag", tag}},
            .body = lines ? page_lines(page) : page_json(page)};
}

Table* FeedApi::named_in(std::string_view query) {
    for (const std::string_view name : {"members", "products", "prices", "stock", "orders"})
        if (query.find(name) != std::string_view::npos) return data_.table(name);
    return nullptr;
}

Answer FeedApi::feed(const Request& request) {
    const std::string_view name = std::string_view(request.path).substr(kFeed.size());
    if (name != "graphql") {
        const Table* table = data_.table(name);
        if (table == nullptr) return error_answer(404, "no_such_collection");
        return request.method == "GET" ? feed_answer(*table, request) : error_answer(405, "method_not_allowed");
    }
    const Tree asked = parse_tree(request.body);
    const Table* table = named_in(text_of(asked.get(), "query"));
    if (request.method != "POST" || table == nullptr) return graphql_error("BAD_QUERY");
    const cJSON* variables = member_of(asked.get(), "variables");
    const auto limit = integer_of(variables, "limit").value_or(kRowsUsually);
    const auto page =
        table->page(text_of(variables, "cursor"), text_of(variables, "page"),
                    std::clamp<std::size_t>(static_cast<std::size_t>(std::max<std::int64_t>(limit, 1)), 1, kRowsMax));
    if (page.forgotten) return graphql_error("CURSOR_EXPIRED");
    return json_answer(200, graphql(table->shape().name, page_json(page)));
}

Answer FeedApi::live(const Request& request) {
    const std::string_view name = std::string_view(request.path).substr(kLive.size());
    if (name != "graphql") {
        const Table* table = data_.table(name);
        if (table == nullptr) return error_answer(404, "no_such_collection");
        const auto row = table->row_by(form_value(request.query, "by"), form_value(request.query, "key"));
        return row ? json_answer(200, *row) : error_answer(404, "not_found");
    }
    const Tree asked = parse_tree(request.body);
    const Table* table = named_in(text_of(asked.get(), "query"));
    if (request.method != "POST" || table == nullptr) return graphql_error("BAD_QUERY");
    const cJSON* variables = member_of(asked.get(), "variables");
    const auto row = table->row_by(text_of(variables, "field"), text_of(variables, "key"));
    return json_answer(200, graphql(table->shape().name, row.value_or("null")));
}

}  // namespace tillkeeper::cloud
