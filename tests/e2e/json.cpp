#include "tests/e2e/json.h"

#include <cstdlib>

namespace tillkeeper::lab {
namespace {

void append(std::string& out, const cJSON* node);

// cJSON prints every number by way of a double's seventeen digits; most are small integers.
void append_members(std::string& out, const cJSON* node) {
    const bool object = cJSON_IsObject(node) != 0;
    out += object ? '{' : '[';
    const cJSON* member = nullptr;
    cJSON_ArrayForEach(member, node) {
        if (member != node->child) out += ',';
        if (object) ((out += '"') += member->string) += "\":";
        append(out, member);
    }
    out += object ? '}' : ']';
}

void append(std::string& out, const cJSON* node) {
    if (cJSON_IsObject(node) != 0 || cJSON_IsArray(node) != 0) return append_members(out, node);
    if (cJSON_IsNumber(node) != 0 && node->valuedouble == node->valueint) {
        out += std::to_string(node->valueint);
        return;
    }
    const std::unique_ptr<char, decltype(&std::free)> text(cJSON_PrintUnformatted(node), &std::free);
    out += text.get();
}

}  // namespace

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
    std::string out;
    if (exists()) append(out, node_);
    return out;
}

}  // namespace tillkeeper::lab
