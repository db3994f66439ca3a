#include "agent/page/held_facts.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <memory>

#include "agent/local/whereabouts.h"
#include "sync/url_template.h"

namespace tillkeeper::agent {
namespace {

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

std::string text_of(const cJSON* object, const char* name) {
    const auto* node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(node) ? node->valuestring : "";
}

}  // namespace

Result<HeldFacts> held_facts(storage::JournalReader& reader, storage::JournalNumber number,
                             std::string_view destination) {
    const auto held = held_of(reader, number);
    if (!held) return std::unexpected(held.error());
    const auto item = std::ranges::find(*held, destination, &storage::HeldItem::destination);
    if (item == held->end()) return fail(ErrorCode::kNotFound, "nothing is held there");
    auto original = reader.entry(number);
    if (!original) return std::unexpected(original.error());
    if (!*original) return fail(ErrorCode::kNotFound, "the held entry is missing");
    HeldFacts facts{*item, std::move(**original), "", {}, std::nullopt};
    facts.transaction = facts.original.body;
    if (item->body_number != 0 && item->body_number != number) {
        const auto repaired = reader.entry(item->body_number);
        if (repaired && *repaired && (*repaired)->damaged.empty()) facts.transaction = (*repaired)->body;
    }
    if (destination.empty()) facts.problems = read_problems(facts.original.problems);
    facts.form = form_of(facts.transaction);
    return facts;
}

std::string currency_of(const HeldFacts& held) {
    if (held.form)
        for (const auto& each : held.form->front().values)
            if (each.pointer == "/currency" && each.value.size() == 3) return each.value;
    return "";
}

std::string held_path(storage::JournalNumber number, std::string_view destination) {
    return "/held?number=" + std::to_string(number) + "&at=" + sync::percent_encoded(destination);
}

std::vector<PointedProblem> read_problems(std::string_view json) {
    static constexpr std::string_view kUrn = "urn:tillkeeper:problem:";
    std::vector<PointedProblem> problems;
    const Document root(cJSON_ParseWithLength(json.data(), json.size()));
    if (!cJSON_IsArray(root.get())) return problems;
    const cJSON* node = nullptr;
    cJSON_ArrayForEach(node, root.get()) {
        const std::string type = text_of(node, "type");
        if (type.starts_with(kUrn)) problems.push_back({type.substr(kUrn.size()), text_of(node, "pointer")});
    }
    return problems;
}

std::vector<std::string> problem_types(std::string_view json) {
    std::vector<std::string> types;
    for (auto& each : read_problems(json))
        if (std::ranges::find(types, each.type) == types.end()) types.push_back(std::move(each.type));
    return types;
}

}  // namespace tillkeeper::agent
