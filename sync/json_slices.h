// Pieces of a JSON text without building a tree: a page of ten thousand records is looked through where it lies.
// Pure. Everything but is_json() expects a text that is_json(), or a piece of one; pieces have no space around them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tillkeeper::sync {

inline constexpr int kJsonDepthMax = 64;

// The whole text is one JSON value (RFC 8259) in UTF-8, not nested deeper than kJsonDepthMax.
[[nodiscard]] bool is_json(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text);  // JSON's white space

// Goes through an object or an array; what is neither has no pieces.
class JsonPieces {
  public:
    explicit JsonPieces(std::string_view text);
    [[nodiscard]] bool next();                                     // false: no more
    [[nodiscard]] std::string_view name() const { return name_; }  // of an object's member, with quotes, as written
    [[nodiscard]] std::string_view value() const { return value_; }

  private:
    [[nodiscard]] std::string_view take();
    void skip(std::string_view characters);
    std::string_view rest_;
    std::string_view name_;
    std::string_view value_;
    bool object_ = false;
};

// The last member of that name, as most readers have it; "" when there is none or `object` is not one.
[[nodiscard]] std::string_view json_member(std::string_view object, std::string_view name);
// A string without its quotes and escapes. Nothing: not a string, or one with a NUL or half a surrogate pair.
[[nodiscard]] std::optional<std::string> json_string(std::string_view value);
// As json_string, and integers as they are written.
[[nodiscard]] std::optional<std::string> json_key(std::string_view value);
// A whole number without fraction or exponent. Nothing: anything else, or one that 64 bits do not hold.
[[nodiscard]] std::optional<std::int64_t> json_integer(std::string_view value);

}  // namespace tillkeeper::sync
