#include "agent/contract/flat_object.h"

#include <charconv>

namespace tillkeeper::agent {

class FlatObject::Collector final : public JsonVisitor {
  public:
    explicit Collector(std::map<std::string, Member, std::less<>>& members) : members_(members) {}
    void value(const JsonPlace& place, JsonType type, std::string_view text) override {
        if (place.depth == 0) is_object = type == JsonType::kObject;
        if (place.depth == 1 && is_object)
            members_.insert_or_assign(std::string(place.names[0]), Member{type, std::string(text)});
    }
    bool is_object = false;

  private:
    std::map<std::string, Member, std::less<>>& members_;
};

Result<FlatObject> FlatObject::read(std::string_view json) {
    FlatObject object;
    Collector collector(object.members_);
    const auto findings = scan_json(json, {}, &collector);
    if (!findings) return fail(ErrorCode::kInvalid, findings.error().message);
    if (!collector.is_object) return fail(ErrorCode::kInvalid, "not a JSON object");
    for (const auto& finding : *findings) {
        if (finding.kind == JsonFinding::Kind::kCardNumber) {
            if (object.card_number_at_.empty()) object.card_number_at_ = finding.pointer;
            continue;
        }
        return fail(ErrorCode::kInvalid, "programs would read " + finding.pointer + " differently");
    }
    return object;
}

std::optional<std::string> FlatObject::text(std::string_view name) const {
    const auto member = members_.find(name);
    if (member == members_.end() || member->second.type != JsonType::kString) return std::nullopt;
    return member->second.text;
}

std::optional<std::int64_t> FlatObject::integer(std::string_view name) const {
    const auto member = members_.find(name);
    if (member == members_.end() || member->second.type != JsonType::kNumber) return std::nullopt;
    const auto& digits = member->second.text;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

bool FlatObject::is_true(std::string_view name) const {
    const auto member = members_.find(name);
    return member != members_.end() && member->second.type == JsonType::kBoolean && member->second.text == "true";
}

}  // namespace tillkeeper::agent
