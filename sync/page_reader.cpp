#include "sync/page_reader.h"

#include <algorithm>
#include <utility>

#include "sync/answer_input.h"
#include "sync/json_slices.h"

namespace tillkeeper::sync {
namespace {

// Most sources say null, some "" and some nothing at all.
std::string token(std::string_view value) {
    return json_key(value).value_or("");
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (const auto line = trimmed(text.substr(0, end)); !line.empty()) lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

Result<void> read_lines(Page& page, const SourceConfig& config) {
    for (const auto line : lines_of(*page.text)) {
        if (!is_json(line)) return fail(ErrorCode::kInvalid, "a line is not JSON");
        const bool record = !json_member(line, config.record_key).empty();
        const auto deleted = json_member(line, "deleted");
        const bool control = !json_member(line, "next").empty() || !json_member(line, "cursor").empty();
        if (record) {
            page.pieces.push_back({.text = line, .deleted = deleted == "true"});
        } else if (json_key(deleted)) {
            page.pieces.push_back({.text = deleted, .deleted = true});
        } else if (control) {
            page.next = token(json_member(line, "next"));
            if (auto cursor = token(json_member(line, "cursor")); !cursor.empty()) page.cursor = std::move(cursor);
        } else {
            page.pieces.push_back({.text = line});  // a record without its key: counted as one that cannot be kept
        }
    }
    return {};
}

void add_pieces(Page& page, std::string_view array, bool deleted) {
    for (JsonPieces items(array); items.next();) page.pieces.push_back({.text = items.value(), .deleted = deleted});
}

// {"records":[...],"deleted":[...],"next":...,"cursor":...}, or a plain array of records.
Result<void> read_document(Page& page, std::string_view document) {
    document = trimmed(document);
    if (document.starts_with('[')) {
        add_pieces(page, document, false);
        return {};
    }
    const auto records = json_member(document, "records");
    const auto deleted = json_member(document, "deleted");
    const auto good = [](std::string_view list) { return list.empty() || list.starts_with('['); };
    if (!good(records) || !good(deleted) || (records.empty() && deleted.empty()))
        return fail(ErrorCode::kInvalid, "the answer has no list of records");
    add_pieces(page, records, false);
    add_pieces(page, deleted, true);
    page.next = token(json_member(document, "next"));
    page.cursor = token(json_member(document, "cursor"));
    return {};
}

// GraphQL says what went wrong inside a 200. What came beside an error is not whole.
Result<std::string_view> graphql_data(std::string_view body, bool& forgotten) {
    const auto errors = json_member(body, "errors");
    for (JsonPieces each(errors); each.next();) {
        const auto code = json_string(json_member(json_member(each.value(), "extensions"), "code"));
        forgotten |= code == "CURSOR_EXPIRED" || code == "GONE";
    }
    if (JsonPieces(errors).next()) return fail(ErrorCode::kInvalid, "the answer has GraphQL errors");
    const auto data = json_member(body, "data");
    if (!data.starts_with('{')) return fail(ErrorCode::kInvalid, "the answer has no GraphQL data");
    JsonPieces members(data);
    if (!members.next()) return fail(ErrorCode::kInvalid, "the answer has no GraphQL data");
    return members.value();
}

std::string array_of(const std::vector<std::string_view>& lines) {
    std::string array = "[";
    for (const auto line : lines) {
        if (array.size() > 1) array += ',';
        array += line;
    }
    return array + "]";
}

// The document that the program makes of the answer, as the page's text.
Result<void> transform(Page& page, const HttpResponse& head, const SourceConfig& config, JqProgram& program) {
    std::string json = *page.text;
    if (config.format == PageFormat::kNdjson) {
        const auto lines = lines_of(*page.text);
        if (!std::ranges::all_of(lines, is_json)) return fail(ErrorCode::kInvalid, "a line is not JSON");
        json = array_of(lines);
    } else if (!is_json(json)) {
        return fail(ErrorCode::kInvalid, "the answer is not JSON");
    }
    auto output = program.run(answer_input(head, json), config.page_bytes_max);
    if (!output) return fail(ErrorCode::kInvalid, "the answer does not suit the program that reads it");
    *page.text = std::move(*output);
    return {};
}

bool is_object(std::string_view text) {
    return text.starts_with('{') && text.ends_with('}');
}

}  // namespace

Result<Page> read_page(HttpResponse response, const SourceConfig& config, JqProgram* program) {
    Page page;
    page.text = std::make_unique<std::string>(std::exchange(response.body, {}));
    const bool graphql = config.kind == SourceKind::kGraphQl;
    if (config.format == PageFormat::kNdjson && program == nullptr) {
        if (auto read = read_lines(page, config); !read) return std::unexpected(read.error());
        return page;
    }
    std::string_view document = *page.text;
    if (graphql || program == nullptr) {
        if (!is_json(document)) return fail(ErrorCode::kInvalid, "the answer is not JSON");
    }
    if (graphql) {
        auto data = graphql_data(document, page.forgotten);
        if (page.forgotten) return page;
        if (!data) return std::unexpected(data.error());
        document = *data;
    }
    if (program != nullptr) {
        if (auto made = transform(page, response, config, *program); !made) return std::unexpected(made.error());
        document = *page.text;
        if (!is_json(document)) return fail(ErrorCode::kInvalid, "the answer does not suit the program that reads it");
    }
    if (auto read = read_document(page, document); !read) return std::unexpected(read.error());
    return page;
}

Result<storage::MirrorRow> row_of(const Page::Piece& piece, const SourceConfig& config) {
    const bool object = is_object(piece.text);
    auto key = json_key(object ? json_member(piece.text, config.record_key)
                               : (piece.deleted ? piece.text : std::string_view()));
    if (!key || key->empty()) return fail(ErrorCode::kInvalid, "a record has no " + config.record_key);
    if (key->size() > storage::kMirrorKeyBytesMax) return fail(ErrorCode::kLimit, "a record's key is too long");
    if (piece.deleted) return storage::MirrorRow{.key = std::move(*key)};
    if (piece.text.size() > storage::kMirrorBodyBytesMax) return fail(ErrorCode::kLimit, "a record is too long");
    return storage::MirrorRow{
        .key = std::move(*key), .search = search_keys(piece.text, config.search), .body = std::string(piece.text)};
}

}  // namespace tillkeeper::sync
