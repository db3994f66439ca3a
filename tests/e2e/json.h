// Reading JSON documents in tests: what is missing reads as empty or zero, so that an assertion shows it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <cjson/cJSON.h>

namespace tillkeeper::lab {

class Json {
  public:
    // Not JSON: an empty document, !exists().
    [[nodiscard]] static Json parse(std::string_view text);

    [[nodiscard]] bool exists() const { return node_ != nullptr; }
    // The member of that name; what it returns is valid as long as the document it came from.
    [[nodiscard]] Json operator[](const char* name) const {
        return Json(cJSON_GetObjectItemCaseSensitive(node_, name));
    }
    [[nodiscard]] std::vector<Json> items() const;  // of an array or an object
    [[nodiscard]] std::string name() const { return node_ && node_->string ? node_->string : ""; }
    [[nodiscard]] std::string text() const { return cJSON_IsString(node_) ? node_->valuestring : ""; }
    [[nodiscard]] std::int64_t number() const {
        return cJSON_IsNumber(node_) ? static_cast<std::int64_t>(node_->valuedouble) : 0;
    }
    [[nodiscard]] bool is_true() const { return cJSON_IsTrue(node_); }
    [[nodiscard]] std::string dump() const;

  private:
    struct Delete {
        void operator()(cJSON* root) const { cJSON_Delete(root); }
    };
    explicit Json(const cJSON* node) : node_(node) {}

    std::unique_ptr<cJSON, Delete> root_;  // of a document; empty in what was taken out of one
    const cJSON* node_ = nullptr;
};

}  // namespace tillkeeper::lab
