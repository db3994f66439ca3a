#include "tests/fuzz/document.h"

#include <charconv>

#include "agent/contract/card_number.h"
#include "tests/cloud/json_text.h"

namespace tillkeeper::fuzz {
namespace {

void see_all(const cJSON* json, const std::function<void(std::string_view)>& see) {
    for (; json != nullptr; json = json->next) {
        if (json->string != nullptr) see(json->string);
        if (cJSON_IsString(json) != 0) see(json->valuestring);
        see_all(json->child, see);
    }
}

std::string unescaped(std::string_view step) {
    std::string name;
    for (std::size_t i = 0; i < step.size(); ++i) {
        const bool escape = step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
        name += !escape ? step[i] : step[++i] == '0' ? '~' : '/';
    }
    return name;
}

const cJSON* child(const cJSON* json, std::string_view step) {
    if (cJSON_IsObject(json) != 0) return cJSON_GetObjectItemCaseSensitive(json, unescaped(step).c_str());
    int index = -1;
    std::from_chars(step.data(), step.data() + step.size(), index);
    return cJSON_IsArray(json) != 0 ? cJSON_GetArrayItem(json, index) : nullptr;
}

// The numbers of a valid document, as they are written.
void each_number(std::string_view text, const std::function<void(std::string_view)>& see) {
    constexpr std::string_view kOfNumbers = "+-.0123456789eE";
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (in_string && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            in_string = !in_string;
        } else if (!in_string && kOfNumbers.find(text[i]) != std::string_view::npos) {
            const auto end = std::min(text.find_first_not_of(kOfNumbers, i), text.size());
            see(text.substr(i, end - i));
            i = end - 1;
        }
    }
}

}  // namespace

bool is_json(std::string_view text) {
    cloud::JsonReader reader(text);
    reader.skip();
    return reader.at_end();
}

Document::Document(std::string_view text) : root_(cJSON_ParseWithLength(text.data(), text.size())) {}

void Document::each_text(const std::function<void(std::string_view)>& see) const {
    see_all(root_.get(), see);
}

const cJSON* Document::at(std::string_view pointer) const {
    const cJSON* json = root_.get();
    while (json != nullptr && pointer.starts_with('/')) {
        pointer.remove_prefix(1);
        const auto step = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(step.size());
        json = child(json, step);
    }
    return pointer.empty() ? json : nullptr;
}

std::optional<std::string> Document::text(const char* member) const {
    const cJSON* json = cJSON_GetObjectItemCaseSensitive(root_.get(), member);
    if (cJSON_IsString(json) == 0) return std::nullopt;
    return json->valuestring;
}

bool has_card_number(std::string_view text) {
    bool found = false;
    static constexpr std::string_view kAnyMember = "id";  // whatever thirteen digits mean where they stand
    const auto see = [&](std::string_view word) { found = found || agent::contains_card_number(word, kAnyMember); };
    each_number(text, see);
    Document(text).each_text(see);
    return found;
}

}  // namespace tillkeeper::fuzz
