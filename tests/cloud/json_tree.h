// A JSON document as a tree, for what is small: requests about data and loyalty, control calls.
#pragma once

#include <cjson/cJSON.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tillkeeper::cloud {

struct FreeTree {
    void operator()(cJSON* json) const { cJSON_Delete(json); }
};
using Tree = std::unique_ptr<cJSON, FreeTree>;

[[nodiscard]] inline Tree parse_tree(std::string_view text) {
    return Tree(cJSON_ParseWithLength(text.data(), text.size()));
}
[[nodiscard]] inline const cJSON* member_of(const cJSON* object, const char* name) {
    return cJSON_GetObjectItemCaseSensitive(object, name);
}
// "" and nothing where it is absent or of another type.
[[nodiscard]] inline std::string text_of(const cJSON* object, const char* name) {
    const cJSON* member = member_of(object, name);
    return cJSON_IsString(member) != 0 ? member->valuestring : "";
}
[[nodiscard]] inline std::optional<std::int64_t> integer_of(const cJSON* object, const char* name) {
    const cJSON* member = member_of(object, name);
    if (cJSON_IsNumber(member) == 0) return {};
    return static_cast<std::int64_t>(member->valuedouble);
}
[[nodiscard]] inline std::string printed(const cJSON* json) {
    const std::unique_ptr<char, void (*)(void*)> text(cJSON_PrintUnformatted(json), cJSON_free);
    return text ? text.get() : "";
}

}  // namespace tillkeeper::cloud
