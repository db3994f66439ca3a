// Reading and writing JSON with cJSON: what is missing reads as "" or nothing.
#pragma once

#include <cjson/cJSON.h>

#include <memory>
#include <optional>
#include <string>

using Json = std::unique_ptr<cJSON, void (*)(cJSON*)>;

inline Json parse(const std::string& text) {
    return {cJSON_ParseWithLength(text.data(), text.size()), cJSON_Delete};
}
inline std::string print(const Json& json) {
    const std::unique_ptr<char, void (*)(void*)> text(cJSON_PrintUnformatted(json.get()), cJSON_free);
    return text.get();
}
inline cJSON* member(const cJSON* object, const char* name) {
    return cJSON_GetObjectItemCaseSensitive(object, name);
}
inline std::string text_of(const cJSON* object, const char* name) {
    const cJSON* node = member(object, name);
    return cJSON_IsString(node) != 0 ? node->valuestring : "";
}
inline std::optional<double> number_of(const cJSON* object, const char* name) {
    const cJSON* node = member(object, name);
    return cJSON_IsNumber(node) != 0 ? std::optional(node->valuedouble) : std::nullopt;
}
