#include "agent/staff/transaction_form.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <span>

#include "agent/contract/json_scan.h"
#include "agent/contract/json_walk.h"
#include "agent/contract/problem.h"

namespace tillkeeper::agent {
namespace {

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;
using CText = std::unique_ptr<char, decltype([](char* text) { cJSON_free(text); })>;

struct Known {
    std::string_view name;
    bool number = false;
    bool required = false;  // shown where it is missing
};
constexpr std::array<Known, 10> kTop{{{"id", false, true},
                                      {"type", false, true},
                                      {"till_sequence", true, true},
                                      {"occurred_at", false, true},
                                      {"business_day"},
                                      {"currency"},
                                      {"receipt"},
                                      {"refers_to"},
                                      {"member_id"},
                                      {"total", true}}};
constexpr std::array<Known, 5> kOfLine{
    {{"sku"}, {"description"}, {"quantity", true}, {"unit_price", true}, {"amount", true, true}}};
constexpr std::array<Known, 2> kOfTender{{{"type"}, {"amount", true, true}}};

// Broken characters are what cJSON and other systems stumble over.
class Mender final : public JsonEditor {
  public:
    std::optional<std::string> edit(const JsonPath&, JsonType type, std::string_view text) override {
        if (type != JsonType::kString) return std::nullopt;
        std::string whole(text);
        std::erase(whole, '\0');
        return quoted(whole);
    }
};

Document parsed(std::string_view transaction) {
    if (!scan_json(transaction)) return nullptr;
    Mender mender;
    const auto mended = edited_json(transaction, mender);
    Document root(cJSON_ParseWithLength(mended.data(), mended.size()));
    return cJSON_IsObject(root.get()) ? std::move(root) : nullptr;
}

std::string printed(const cJSON* node) {
    const CText text(cJSON_PrintUnformatted(node));
    return text ? text.get() : "";
}

bool is_one_line(std::string_view text) {
    return std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

// One line, as fields have it.
std::string shown(const cJSON* node) {
    if (node == nullptr || (!cJSON_IsString(node) && !cJSON_IsNumber(node))) return "";
    std::string text = cJSON_IsString(node) ? node->valuestring : printed(node);
    std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
    return text;
}

// A step of a pointer (RFC 6901).
std::string escaped(std::string_view name) {
    std::string out;
    for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

std::span<const Known> known_at(std::string_view pointer) {
    if (pointer.empty()) return kTop;
    if (pointer.starts_with("/lines/")) return kOfLine;
    if (pointer.starts_with("/tenders/")) return kOfTender;
    return {};
}

FormGroup group_of(const cJSON* object, std::string pointer) {
    FormGroup group{std::move(pointer), {}};
    const auto known = known_at(group.pointer);
    const auto add = [&](std::string_view name, const cJSON* node, bool number, bool required) {
        group.values.push_back({group.pointer + '/' + escaped(name), std::string(name), shown(node), number, required});
    };
    for (const auto& [name, number, required] : known) {
        const cJSON* node = cJSON_GetObjectItemCaseSensitive(object, std::string(name).c_str());
        if (node != nullptr || required) add(name, node, number, required);
    }
    for (const cJSON* node = object->child; node != nullptr; node = node->next) {
        const std::string_view name = node->string;
        const bool seen = std::ranges::find(known, name, &Known::name) != known.end() ||
                          std::ranges::find(group.values, name, &FormValue::name) != group.values.end();
        if (!seen && is_one_line(name) && (cJSON_IsString(node) || cJSON_IsNumber(node)))
            add(name, node, cJSON_IsNumber(node) != 0, false);
    }
    return group;
}

std::vector<FormGroup> groups_of(const cJSON* root) {
    std::vector<FormGroup> groups{group_of(root, "")};
    for (const cJSON* node = root->child; node != nullptr; node = node->next) {
        const std::string pointer = '/' + escaped(node->string);
        if (cJSON_IsObject(node)) groups.push_back(group_of(node, pointer));
        if (!cJSON_IsArray(node)) continue;
        std::size_t index = 0;
        for (const cJSON* each = node->child; each != nullptr; each = each->next, ++index)
            if (cJSON_IsObject(each)) groups.push_back(group_of(each, pointer + '/' + std::to_string(index)));
    }
    std::erase_if(groups, [](const FormGroup& each) { return each.values.empty(); });
    return groups;
}

cJSON* found(cJSON* root, std::string_view pointer) {
    cJSON* node = root;
    while (!pointer.empty() && node != nullptr) {
        pointer.remove_prefix(1);
        const auto step = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(step.size());
        cJSON* child = node->child;
        if (cJSON_IsArray(node))
            for (auto left = std::atoi(std::string(step).c_str()); left > 0 && child != nullptr; --left)
                child = child->next;
        else
            while (child != nullptr && escaped(child->string) != step) child = child->next;
        node = child;
    }
    return node;
}

// As JSON writes numbers, with a comma as people write them; "" for anything else.
std::string as_number(std::string text) {
    std::ranges::replace(text, ',', '.');
    const std::string one = "[" + text + "]";
    class Number final : public JsonVisitor {
      public:
        void value(const JsonPlace& place, JsonType type, std::string_view) override {
            if (place.depth == 1) is = type == JsonType::kNumber;
        }
        bool is = false;
    } number;
    return text.find_first_of(" \t[]{}\"") == std::string::npos && scan_json(one, {}, &number) && number.is ? text : "";
}

// Replaces or adds the first of that name, and takes out any further one.
void put(cJSON* object, const std::string& name, cJSON* fresh) {
    cJSON* old = cJSON_GetObjectItemCaseSensitive(object, name.c_str());
    if (old == nullptr) {
        if (fresh != nullptr) cJSON_AddItemToObject(object, name.c_str(), fresh);
        return;
    }
    if (fresh == nullptr)
        cJSON_Delete(cJSON_DetachItemViaPointer(object, old));
    else
        cJSON_ReplaceItemInObjectCaseSensitive(object, name.c_str(), fresh);
}

void drop_repeated(cJSON* object, const std::string& name) {
    cJSON* first = cJSON_GetObjectItemCaseSensitive(object, name.c_str());
    for (cJSON* node = first == nullptr ? nullptr : first->next; node != nullptr;) {
        cJSON* next = node->next;
        if (node->string == name) cJSON_Delete(cJSON_DetachItemViaPointer(object, node));
        node = next;
    }
}

}  // namespace

std::optional<std::vector<FormGroup>> form_of(std::string_view transaction) {
    const Document root = parsed(transaction);
    if (!root) return std::nullopt;
    auto groups = groups_of(root.get());
    std::size_t count = 0;
    for (const auto& group : groups) count += group.values.size();
    if (count > kFormValuesMax) return std::nullopt;
    return groups;
}

EditedTransaction edited(std::string_view transaction, const FormFields& form) {
    const Document root = parsed(transaction);
    if (!root) return {std::string(transaction), {}};
    EditedTransaction out;
    for (const auto& group : groups_of(root.get())) {
        cJSON* object = found(root.get(), group.pointer);
        for (const auto& each : group.values) {
            const auto given = form.find(each.pointer);
            if (given == form.end() || object == nullptr) continue;
            drop_repeated(object, each.name);
            const std::string& text = given->second;
            const cJSON* old = cJSON_GetObjectItemCaseSensitive(object, each.name.c_str());
            const bool right = old == nullptr || !each.number || cJSON_IsNumber(old);
            if (text == each.value && right) continue;
            const std::string number = each.number ? as_number(text) : "";
            if (text.empty() && (each.number || group.pointer.empty()))
                put(object, each.name, nullptr);
            else if (each.number && number.empty())
                out.no_numbers.push_back(each.pointer);
            else
                put(object, each.name,
                    each.number ? cJSON_CreateRaw(number.c_str()) : cJSON_CreateString(text.c_str()));
        }
    }
    out.json = printed(root.get());
    return out;
}

}  // namespace tillkeeper::agent
