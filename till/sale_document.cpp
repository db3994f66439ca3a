#include "till/sale_document.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <array>
#include <memory>

#include "platform/clock.h"

namespace tillkeeper::pos {
namespace {

constexpr std::array kOurs{"id", "type", "till_sequence", "occurred_at", "business_day", "receipt"};
constexpr std::string_view kSpaces = " \t\r\n";

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_day(const std::string& text) {
    if (text.size() != 10) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
    return true;
}

// What stands between the braces of the content; "" for an empty object.
Result<std::string_view> members_of(const std::string& content) {
    using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;
    const char* end = nullptr;
    const Document root(cJSON_ParseWithLengthOpts(content.data(), content.size(), &end, 0));
    const std::string_view text = content;
    if (!root || text.contains('\0') || cJSON_IsObject(root.get()) == 0 ||
        text.find_first_not_of(kSpaces, static_cast<std::size_t>(end - content.data())) != std::string_view::npos)
        return fail(ErrorCode::kInvalid, "content is not one JSON object");
    for (const char* name : kOurs)
        if (cJSON_GetObjectItemCaseSensitive(root.get(), name) != nullptr)
            return fail(ErrorCode::kInvalid, std::string("content holds \"") + name + "\", which is a field of Sale");
    const auto open = text.find('{');
    const auto close = text.rfind('}');
    if (root->child == nullptr) return std::string_view();
    return text.substr(open + 1, close - open - 1);
}

Result<void> check(const Sale& sale, const std::string& receipt) {
    if (!is_word(sale.id, 64, "._:-")) return fail(ErrorCode::kInvalid, "id is not 1 to 64 of A-Z a-z 0-9 . _ : -");
    if (!is_word(sale.type, 64, "_-")) return fail(ErrorCode::kInvalid, "type is not 1 to 64 of A-Z a-z 0-9 _ -");
    if (!parse_rfc3339(sale.occurred_at)) return fail(ErrorCode::kInvalid, "occurred_at is no RFC 3339 time");
    if (!sale.business_day.empty() && !is_day(sale.business_day))
        return fail(ErrorCode::kInvalid, "business_day is not of the form 2026-11-20");
    const auto odd = [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; };
    if (sale.receipt.size() > 64 || std::ranges::any_of(receipt, odd))
        return fail(ErrorCode::kInvalid, "receipt is not up to 64 printable ASCII without quotes");
    return {};
}

}  // namespace

bool is_word(const std::string& text, std::size_t max, const std::string& more) {
    return !text.empty() && text.size() <= max &&
           std::ranges::all_of(text, [&](char c) { return is_letter_or_digit(c) || more.contains(c); });
}

std::string receipt_of(const Settings& settings, std::int64_t sequence) {
    return settings.store + "-" + settings.till + "-" + std::to_string(sequence);
}

Result<std::string> to_document(const Sale& sale, std::int64_t sequence, const std::string& receipt) {
    if (auto fine = check(sale, receipt); !fine) return std::unexpected(std::move(fine.error()));
    if (sale.content.size() > kDocumentBytesMax)
        return fail(ErrorCode::kInvalid, "the content is larger than " + std::to_string(kDocumentBytesMax) + " bytes");
    const auto members = members_of(sale.content);
    if (!members) return std::unexpected(members.error());
    std::string json = R"({"id":")" + sale.id + R"(","type":")" + sale.type + R"(","till_sequence":)" +
                       std::to_string(sequence) + R"(,"occurred_at":")" + sale.occurred_at + '"';
    if (!sale.business_day.empty()) json += R"(,"business_day":")" + sale.business_day + '"';
    json += R"(,"receipt":")" + receipt + '"';
    if (!members->empty()) json.append(",").append(*members);
    json += '}';
    if (json.size() > kDocumentBytesMax)
        return fail(ErrorCode::kInvalid, "the sale is larger than " + std::to_string(kDocumentBytesMax) + " bytes");
    return json;
}

}  // namespace tillkeeper::pos
