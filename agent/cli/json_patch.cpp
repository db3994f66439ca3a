#include "agent/cli/json_patch.h"

#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tillkeeper::cli {
namespace {

struct Delete {
    void operator()(cJSON* node) const { cJSON_Delete(node); }
};
using Owned = std::unique_ptr<cJSON, Delete>;

// RFC 6901: "/lines/0/sku" as its steps.
std::vector<std::string> steps_of(std::string_view pointer) {
    std::vector<std::string> steps;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = pointer.find('/');
        std::string step;
        const auto raw = pointer.substr(0, end);
        for (std::size_t i = 0; i < raw.size(); ++i) {
            const bool escaped = raw[i] == '~' && i + 1 < raw.size() && (raw[i + 1] == '0' || raw[i + 1] == '1');
            step += escaped ? (raw[++i] == '0' ? '~' : '/') : raw[i];
        }
        steps.push_back(std::move(step));
        pointer = end == std::string_view::npos ? "" : pointer.substr(end);
    }
    return steps;
}

// The place of `step` in an array; "-" is behind its end. -1: no such place.
int index_of(const cJSON* array, const std::string& step) {
    if (step == "-") return cJSON_GetArraySize(array);
    int index = -1;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    return error == std::errc{} && end == step.data() + step.size() ? index : -1;
}

cJSON* child(cJSON* parent, const std::string& step) {
    if (cJSON_IsObject(parent)) return cJSON_GetObjectItemCaseSensitive(parent, step.c_str());
    return cJSON_IsArray(parent) ? cJSON_GetArrayItem(parent, index_of(parent, step)) : nullptr;
}

bool add(cJSON* parent, const std::string& step, Owned value) {
    if (cJSON_IsObject(parent)) {
        cJSON_DeleteItemFromObjectCaseSensitive(parent, step.c_str());
        return cJSON_AddItemToObject(parent, step.c_str(), value.release()) != 0;
    }
    const int index = cJSON_IsArray(parent) ? index_of(parent, step) : -1;
    if (index < 0 || index > cJSON_GetArraySize(parent)) return false;
    if (index == cJSON_GetArraySize(parent)) return cJSON_AddItemToArray(parent, value.release()) != 0;
    return cJSON_InsertItemInArray(parent, index, value.release()) != 0;
}

bool apply_one(cJSON* target, const cJSON* change) {
    const auto* op = cJSON_GetObjectItemCaseSensitive(change, "op");
    const auto* path = cJSON_GetObjectItemCaseSensitive(change, "path");
    const auto* value = cJSON_GetObjectItemCaseSensitive(change, "value");
    if (!cJSON_IsString(op) || !cJSON_IsString(path) || *path->valuestring != '/') return false;
    const std::string_view operation = op->valuestring;
    auto steps = steps_of(path->valuestring);
    const std::string last = steps.back();
    steps.pop_back();
    cJSON* parent = target;
    for (const auto& step : steps) parent = child(parent, step);
    cJSON* there = parent != nullptr ? child(parent, last) : nullptr;
    if (operation == "add" && value != nullptr && parent != nullptr)
        return add(parent, last, Owned(cJSON_Duplicate(value, 1)));
    if (there == nullptr) return false;
    if (operation == "test" && value != nullptr) return cJSON_Compare(there, value, 1) != 0;
    if (operation == "replace" && value != nullptr)
        return cJSON_ReplaceItemViaPointer(parent, there, [&] {
                   Owned copy(cJSON_Duplicate(value, 1));
                   if (there->string != nullptr) {  // the library keeps no name by itself
                       cJSON_free(copy->string);    // the patch calls it "value"
                       copy->string = static_cast<char*>(cJSON_malloc(last.size() + 1));
                       last.copy(copy->string, last.size());
                       copy->string[last.size()] = '\0';
                   }
                   return copy.release();
               }()) != 0;
    if (operation != "remove") return false;
    cJSON_Delete(cJSON_DetachItemViaPointer(parent, there));
    return true;
}

}  // namespace

Result<void> apply_json_patch(cJSON* target, const cJSON* patch) {
    if (!cJSON_IsArray(patch))
        return fail(ErrorCode::kInvalid,
                    R"(the patch must be an array as in RFC 6902: [{"op":"replace","path":"/total","value":100}])");
    int index = 0;
    for (const cJSON* change = patch->child; change != nullptr; change = change->next, ++index)
        if (!apply_one(target, change))
            return fail(ErrorCode::kInvalid,
                        "operation " + std::to_string(index) +
                            " of the patch does not fit (add, remove, replace and test are known)");
    return {};
}

}  // namespace tillkeeper::cli
