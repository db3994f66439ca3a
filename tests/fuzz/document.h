// A JSON document as somebody else reads it: what the daemon accepts or writes must mean the same to others.
#pragma once

#include <cjson/cJSON.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tillkeeper::fuzz {

// Strict, and not by the daemon's own reader.
[[nodiscard]] bool is_json(std::string_view text);

class Document {
  public:
    // Not JSON, or a text with U+0000 in it: null.
    explicit Document(std::string_view text);
    [[nodiscard]] const cJSON* root() const { return root_.get(); }
    // Every string and every member's name.
    void each_text(const std::function<void(std::string_view)>& see) const;
    // What an RFC 6901 pointer points at, or nullptr.
    [[nodiscard]] const cJSON* at(std::string_view pointer) const;
    // The string member of the root, or nothing.
    [[nodiscard]] std::optional<std::string> text(const char* member) const;

  private:
    struct Free {
        void operator()(cJSON* json) const { cJSON_Delete(json); }
    };
    std::unique_ptr<cJSON, Free> root_;
};

// True when a string, a name or a number of it is a card number.
[[nodiscard]] bool has_card_number(std::string_view text);

}  // namespace tillkeeper::fuzz
