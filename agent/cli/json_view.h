// Reading the daemon's JSON without surprises: what is missing is empty.
#pragma once

#include <cjson/cJSON.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tillkeeper::cli {

// A borrowed node; valid as long as its JsonDocument. May stand for nothing.
class JsonView {
  public:
    explicit JsonView(const cJSON* node) : node_(node) {}
    [[nodiscard]] JsonView at(const char* name) const {
        return JsonView(node_ != nullptr ? cJSON_GetObjectItemCaseSensitive(node_, name) : nullptr);
    }
    // As printable(): a till's text must not steer the terminal.
    [[nodiscard]] std::string text(const char* name) const { return at(name).text(); }
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t number(const char* name) const {
        const auto* node = at(name).node_;
        return cJSON_IsNumber(node) ? static_cast<std::int64_t>(node->valuedouble) : 0;
    }
    [[nodiscard]] bool is_true(const char* name) const { return cJSON_IsTrue(at(name).node_) != 0; }
    [[nodiscard]] bool exists() const { return node_ != nullptr && cJSON_IsNull(node_) == 0; }
    [[nodiscard]] std::string name() const;
    // Elements of an array, members of an object.
    [[nodiscard]] std::vector<JsonView> children() const;
    [[nodiscard]] const cJSON* node() const { return node_; }

  private:
    const cJSON* node_;
};

class JsonDocument {
  public:
    explicit JsonDocument(std::string_view json) : root_(cJSON_ParseWithLength(json.data(), json.size())) {}
    [[nodiscard]] JsonView root() const { return JsonView(root_.get()); }
    [[nodiscard]] cJSON* node() { return root_.get(); }

  private:
    struct Free {
        void operator()(cJSON* node) const { cJSON_Delete(node); }
    };
    std::unique_ptr<cJSON, Free> root_;
};

}  // namespace tillkeeper::cli
