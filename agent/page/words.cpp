#include "agent/page/words.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <memory>

#include "agent/page/embedded.h"

namespace tillkeeper::agent {
namespace {

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

std::string text_of(const cJSON* node) {
    return cJSON_IsString(node) ? node->valuestring : "";
}

}  // namespace

Words Words::in(std::string_view language) {
    const auto known = std::ranges::find(kLanguages, language);
    Words words(known == kLanguages.end() ? kLanguages.front() : *known);
    const auto file = embedded_file(std::string(words.language_) + ".json");
    const Document root(cJSON_ParseWithLength(file.data(), file.size()));
    const cJSON* node = nullptr;
    cJSON_ArrayForEach(node, root.get()) {
        Text text{text_of(node), ""};
        if (cJSON_IsObject(node))
            text = {text_of(cJSON_GetObjectItemCaseSensitive(node, "other")),
                    text_of(cJSON_GetObjectItemCaseSensitive(node, "one"))};
        words.texts_.emplace(node->string, std::move(text));
    }
    return words;
}

std::string Words::text(std::string_view key, Values values) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? '[' + std::string(key) + ']' : filled(found->second.other, values);
}

std::string Words::counted(std::string_view key, std::int64_t count, Values values) const {
    const auto found = texts_.find(key);
    if (found == texts_.end()) return '[' + std::string(key) + ']';
    const bool one = count == 1 || (count == 0 && language_ == "fr");
    const std::string with_rest = filled(one ? found->second.one : found->second.other, values);
    return filled(with_rest, {{"count", number(count)}});
}

// One pass: what a value holds is never taken for a placeholder of the same text.
std::string Words::filled(std::string_view text, Values values) const {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = text.find('}', open);
        out += text.substr(0, open);
        if (close == std::string_view::npos) break;
        const auto name = text.substr(open + 1, close - open - 1);
        const auto* const value = std::ranges::find(values, name, [](const auto& each) { return each.first; });
        out += value != values.end() ? value->second : text.substr(open, close - open + 1);
        text.remove_prefix(close + 1);
    }
    return out;
}

std::string Words::duration(std::chrono::seconds length) const {
    using namespace std::chrono;
    if (length >= days(2)) return counted("duration.days", duration_cast<days>(length).count());
    if (length >= hours(2)) return counted("duration.hours", duration_cast<hours>(length).count());
    if (length >= minutes(1)) return counted("duration.minutes", duration_cast<minutes>(length).count());
    return text("duration.moment");
}

}  // namespace tillkeeper::agent
