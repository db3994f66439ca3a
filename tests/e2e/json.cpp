#include "tests/e2e/json.h"

#include <cstdlib>

namespace tillkeeper::lab {

Json Json::parse(std::string_view text) {
    cJSON* root = cJSON_ParseWithLength(text.data(), text.size());
    Json json(root);
    json.root_.reset(root);
    return json;
}

std::vector<Json> Json::items() const {
    std::vector<Json> found;
    const cJSON* item = nullptr;
    cJSON_ArrayForEach(item, node_) found.push_back(Json(item));
    return found;
}

std::string Json::dump() const {
    if (!exists()) return {};
    const std::unique_ptr<char, decltype(&std::free)> text(cJSON_PrintUnformatted(node_), &std::free);
    return text.get();
}

}  // namespace tillkeeper::lab
