#include "agent/contract/redaction.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/contract/json_walk.h"

namespace tillkeeper::agent {
namespace {

constexpr std::string_view kErased = "\"erased\"";
constexpr std::size_t kRepeatedBytesMin = 4;  // shorter texts stand in descriptions by chance

constexpr std::array<std::string_view, 8> kFiscal{"id",       "type",    "occurred_at", "business_day",
                                                  "currency", "receipt", "refers_to",   ""};
// Parts of names, in lower case and without '_' and '-': customer_no, eMail, loyalty-card.
constexpr std::array<std::string_view, 22> kPersonal{
    "customer", "member", "person",  "firstname", "lastname",  "surname", "fullname", "mail",
    "phone",    "mobile", "address", "street",    "zip",       "postal",  "city",     "birth",
    "loyalty",  "card",   "iban",    "contact",   "recipient", "passport"};
// Names that are personal only as a whole: "name" is a part of too many others.
constexpr std::array<std::string_view, 6> kPersonalWhole{"name", "age", "sex", "gender", "account", "vatid"};

std::string plain_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '_' || c == '-' || c == ' ') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

bool is_personal(std::string_view name) {
    const std::string plain = plain_name(name);
    return std::ranges::find(kPersonalWhole, plain) != kPersonalWhole.end() ||
           std::ranges::any_of(kPersonal, [&](auto part) { return plain.find(part) != std::string::npos; });
}

bool is_currency(std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool in_list(const JsonPath& path, std::string_view list, std::string_view member) {
    return path.size() == 3 && path[0] == list && path[1].empty() && path[2] == member;
}

bool is_description(const JsonPath& path) {
    return in_list(path, "lines", "description");
}

// Text that the contract knows at this place.
bool is_fiscal(const JsonPath& path, std::string_view text) {
    if (path.size() == 1 && path[0] == "currency") return is_currency(text);
    if (path.size() == 1) return !path[0].empty() && std::ranges::find(kFiscal, path[0]) != kFiscal.end();
    return in_list(path, "lines", "sku") || is_description(path) || in_list(path, "tenders", "type");
}

bool is_same_number(std::string_view a, std::string_view b) {
    std::int64_t left = 0;
    std::int64_t right = 0;
    const auto read = [](std::string_view text, std::int64_t& value) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc{} && end == text.data() + text.size();
    };
    return read(a, left) && read(b, right) && left == right;
}

class MemberSearch final : public JsonEditor {
  public:
    explicit MemberSearch(std::string_view id) : id_(id) {}
    std::optional<std::string> edit(const JsonPath& path, JsonType type, std::string_view text) override {
        if (std::ranges::find(path, "member_id") == path.end()) return std::nullopt;
        if (type == JsonType::kString) found_ = found_ || text == id_;
        if (type == JsonType::kNumber) found_ = found_ || text == id_ || is_same_number(text, id_);
        named_ = named_ || type == JsonType::kNumber || (type == JsonType::kString && !text.empty());
        return std::nullopt;
    }
    [[nodiscard]] bool found() const { return found_; }
    [[nodiscard]] bool named() const { return named_; }  // this one or another

  private:
    std::string_view id_;
    bool found_ = false;
    bool named_ = false;
};

class Redactor final : public JsonEditor {
  public:
    explicit Redactor(const std::vector<std::string>& keep) : keep_(keep) {}
    std::optional<std::string> edit(const JsonPath& path, JsonType type, std::string_view text) override {
        if (type == JsonType::kNull || is_fiscal(path, text)) return std::nullopt;
        const bool personal = std::ranges::any_of(path, is_personal);
        if (type != JsonType::kString) return personal ? std::optional<std::string>("null") : std::nullopt;
        if (!personal && !path.empty() && std::ranges::find(keep_, path.back()) != keep_.end()) return std::nullopt;
        if (text.size() >= kRepeatedBytesMin && text != "erased") erased_.emplace_back(text);
        return std::string(kErased);
    }
    [[nodiscard]] const std::vector<std::string>& erased() const { return erased_; }

  private:
    const std::vector<std::string>& keep_;
    std::vector<std::string> erased_;
};

class RepetitionSearch final : public JsonEditor {
  public:
    explicit RepetitionSearch(const std::vector<std::string>& erased) : erased_(erased) {}
    std::optional<std::string> edit(const JsonPath& path, JsonType type, std::string_view text) override {
        if (type != JsonType::kString || !is_description(path)) return std::nullopt;
        const bool repeats =
            std::ranges::any_of(erased_, [&](const auto& part) { return text.find(part) != std::string_view::npos; });
        return repeats ? std::optional<std::string>(kErased) : std::nullopt;
    }

  private:
    const std::vector<std::string>& erased_;
};

}  // namespace

bool concerns_member(std::string_view body, std::string_view member_id) {
    if (!scan_json(body)) return false;
    MemberSearch search(member_id);
    static_cast<void>(edited_json(body, search));
    return search.found();
}

bool names_a_member(std::string_view body) {
    if (!scan_json(body)) return false;
    MemberSearch search({});
    static_cast<void>(edited_json(body, search));
    return search.named();
}

std::string redact(std::string_view body, const std::vector<std::string>& keep) {
    if (!scan_json(body)) return "{}";
    Redactor redactor(keep);
    const std::string redacted = edited_json(body, redactor);
    RepetitionSearch repetitions(redactor.erased());
    return edited_json(redacted, repetitions);
}

}  // namespace tillkeeper::agent
