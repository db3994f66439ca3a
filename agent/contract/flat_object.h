// A small JSON object read strictly (json_scan.h): its own members, as far as they are texts, whole numbers or true and
// false. For requests and documents whose shape is known; what is in lists and objects inside is not looked at.
// Ownership: it owns copies. Thread: any.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/json_scan.h"

namespace tillkeeper::agent {

class FlatObject {
  public:
    // kInvalid when it is no JSON object, or readers would disagree about it: a member given twice, NUL, half a
    // character.
    [[nodiscard]] static Result<FlatObject> read(std::string_view json);

    // Nothing where the member is absent or of another type.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> integer(
        std::string_view name) const;  // written without fraction or exponent
    [[nodiscard]] bool is_true(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return members_.contains(name); }
    // Where something looks like a payment card's number (RFC 6901); "" nowhere.
    [[nodiscard]] const std::string& card_number_at() const { return card_number_at_; }

  private:
    struct Member {
        JsonType type;
        std::string text;
    };
    class Collector;
    std::map<std::string, Member, std::less<>> members_;
    std::string card_number_at_;
};

}  // namespace tillkeeper::agent
