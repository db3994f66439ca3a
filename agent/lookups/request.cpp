#include "agent/lookups/request.h"

#include <utility>

#include "agent/contract/card_number.h"
#include "agent/contract/json_scan.h"

namespace tillkeeper::agent {
namespace {

struct Text {
    bool there = false;
    bool usable = false;
    std::string text;
};

// Takes the members in passing.
class LookupReader final : public JsonVisitor {
  public:
    void value(const JsonPlace& place, JsonType type, std::string_view text) override {
        if (place.depth == 0) is_object = type == JsonType::kObject;
        if (place.depth == 1 && place.names[0] == "by") {
            by_there = true;
            by_usable = type == JsonType::kObject;
        }
        if (place.depth == 1)
            if (Text* member = named(place.names[0])) take(*member, type, text);
        if (place.depth == 2 && place.names[0] == "by" && ++by_fields == 1) {
            field = place.names[1];
            take(by, type, text);
        }
    }

    bool is_object = false;
    bool by_there = false;
    bool by_usable = false;
    int by_fields = 0;
    std::string field;
    Text by, request_id, key, currency, customer_group, at;

  private:
    Text* named(std::string_view name) {
        if (name == "request_id") return &request_id;
        if (name == "key") return &key;
        if (name == "currency") return &currency;
        if (name == "customer_group") return &customer_group;
        return name == "at" ? &at : nullptr;
    }
    static void take(Text& member, JsonType type, std::string_view text) {
        member = {true, type == JsonType::kString && !text.empty() && text.size() <= kLookupTextBytesMax,
                  std::string(text)};
    }
};

LookupReading refuse(LookupRefusal refusal, Problem problem, std::optional<std::string> request_id = {}) {
    return {.refusal = refusal, .request_id = std::move(request_id), .problem = std::move(problem), .request = {}};
}

LookupReading malformed(std::string detail, std::string pointer, std::optional<std::string> request_id) {
    return refuse(LookupRefusal::kMalformed, {"malformed", "Not a look-up", std::move(detail), std::move(pointer)},
                  std::move(request_id));
}

// What a member is like that is not as the contract has it; "" when all are.
std::pair<std::string, std::string> fault_of(const LookupReader& read) {
    const std::string form = "Text of 1 to 256 bytes belongs here.";
    if (!read.request_id.there) return {"request_id is missing.", ""};
    if (!read.request_id.usable) return {form, "/request_id"};
    if (read.key.there == read.by_there) return {"Give either key or by.", ""};
    if (read.key.there && !read.key.usable) return {form, "/key"};
    if (read.by_there && (!read.by_usable || read.by_fields != 1))
        return {"An object with one field and its value belongs here.", "/by"};
    if (read.by_there && (!read.by.usable || read.field.empty())) return {form, "/by"};
    if (read.currency.there && !read.currency.usable) return {form, "/currency"};
    if (read.customer_group.there && !read.customer_group.usable) return {form, "/customer_group"};
    if (read.at.there && (!read.at.usable || !parse_rfc3339(read.at.text)))
        return {"A time as RFC 3339 writes it belongs here.", "/at"};
    return {};
}

LookupRequest request_of(LookupReader& read) {
    LookupRequest request;
    request.request_id = std::move(read.request_id.text);
    request.field = std::move(read.field);
    request.text = read.by_there ? std::move(read.by.text) : std::move(read.key.text);
    request.currency = std::move(read.currency.text);
    request.customer_group = std::move(read.customer_group.text);
    if (read.at.there)
        if (const auto at = parse_rfc3339(read.at.text)) request.at = *at;
    return request;
}

}  // namespace

std::string_view to_string(LookupRefusal refusal) {
    switch (refusal) {
        case LookupRefusal::kMalformed:
            return "malformed";
        case LookupRefusal::kTooLarge:
            return "too_large";
        case LookupRefusal::kContainsCardNumber:
            return "contains_card_number";
        case LookupRefusal::kNotYours:
            return "not_yours";
        case LookupRefusal::kUnknownCollection:
            return "unknown_collection";
        case LookupRefusal::kNotSearchable:
            return "not_searchable";
        case LookupRefusal::kBusy:
            return "busy";
        case LookupRefusal::kStorageFull:
            return "storage_full";
    }
    std::unreachable();
}

LookupReading read_lookup(std::string_view payload) {
    if (payload.size() > kLookupBytesMax)
        return refuse(LookupRefusal::kTooLarge, {"too-large", "Too large",
                                                 "A look-up has at most " + std::to_string(kLookupBytesMax) +
                                                     " bytes; this one has " + std::to_string(payload.size()) + '.',
                                                 ""});
    LookupReader read;
    const auto findings = scan_json(payload, {}, &read);
    if (!findings)
        return refuse(LookupRefusal::kMalformed, {"malformed", "Not a JSON document", findings.error().message, ""});
    if (!read.is_object)
        return refuse(LookupRefusal::kMalformed, {"malformed", "Not a JSON object", "A look-up is a JSON object.", ""});
    std::optional<std::string> id;
    if (read.request_id.usable && !contains_card_number(read.request_id.text, "request_id")) id = read.request_id.text;
    for (const auto& finding : *findings) {
        if (finding.pointer == "/request_id") id.reset();
        if (finding.kind == JsonFinding::Kind::kCardNumber)
            return refuse(LookupRefusal::kContainsCardNumber,
                          {"card-number", "Card number",
                           "A card number is not looked up; it is neither stored nor sent.", finding.pointer},
                          std::move(id));
        if (finding.kind != JsonFinding::Kind::kInexactNumber)
            return malformed("A member given twice, a NUL, or half a character.", finding.pointer, std::move(id));
    }
    if (auto [detail, pointer] = fault_of(read); !detail.empty())
        return malformed(std::move(detail), std::move(pointer), std::move(id));
    return {.refusal = {}, .request_id = std::move(id), .problem = {}, .request = request_of(read)};
}

}  // namespace tillkeeper::agent
