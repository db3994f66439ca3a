#include "agent/cli/till_list.h"

#include <cmath>
#include <cstdio>
#include <map>

#include "agent/cli/print.h"
#include "agent/cli/till_access.h"

namespace tillkeeper::cli {
namespace {

using JsonText = std::unique_ptr<char, decltype([](char* text) { cJSON_free(text); })>;
using Json = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

constexpr std::size_t kRangesShown = 3;

// Adds the members of each of `list`'s tills to the till of that name in `tills`.
void merge(std::map<std::string, Json>& tills, JsonView list) {
    for (const auto till : list.at("tills").children()) {
        auto& merged = tills[till.text("till")];
        if (!merged) merged.reset(cJSON_CreateObject());
        for (const auto member : till.children())
            if (!cJSON_HasObjectItem(merged.get(), member.name().c_str()))
                cJSON_AddItemToObject(merged.get(), member.name().c_str(), cJSON_Duplicate(member.node(), true));
    }
}

std::string age(const std::string& time, WallTime now) {
    const auto then = parse_rfc3339(time);
    if (!then) return "";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *then).count();
    if (seconds < 2) return "now";
    if (seconds < 120) return std::to_string(seconds) + " s ago";
    if (seconds < 7200) return std::to_string(seconds / 60) + " min ago";
    if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h ago";
    return std::to_string(seconds / 86400) + " days ago";
}

std::string range_text(JsonView range) {
    const auto ends = range.children();
    if (ends.size() != 2) return "";
    const auto first = ends[0].text();
    const auto last = ends[1].text();
    return first == last ? first : first + '-' + last;
}

// The newest few, and how many more there are.
std::string missing_text(JsonView till) {
    const auto ranges = till.at("missing").children();
    const auto count = till.number("missing_count");
    if (count == 0) return till.number("last_sequence") != 0 ? "none" : "";
    std::string text;
    const std::size_t from = ranges.size() > kRangesShown ? ranges.size() - kRangesShown : 0;
    for (std::size_t i = from; i < ranges.size(); ++i) text += (text.empty() ? "" : ", ") + range_text(ranges[i]);
    return text + " (" + std::to_string(count) + " in all)";
}

std::string clock_text(JsonView till) {
    if (!till.at("clock_ahead_ms").exists()) return "";
    const auto seconds = static_cast<double>(till.number("clock_ahead_ms")) / 1000.0;
    if (std::abs(seconds) < 2.0) return "right";
    char text[64];
    std::snprintf(text, sizeof text, "%.0f s %s", std::abs(seconds), seconds > 0 ? "fast" : "slow");
    return text;
}

std::string sign_in_text(JsonView till) {
    if (till.text("state") == "revoked") return "revoked";
    if (till.at("locked_out_until").exists()) return "locked out until " + till.text("locked_out_until");
    const std::string until = till.text("certificate_until");
    std::string text = till.is_true("password") ? "password" : "";
    if (!until.empty()) text += (text.empty() ? "" : ", ") + ("certificate until " + until.substr(0, 10));
    return text.empty() ? "nothing" : text;
}

}  // namespace

Result<std::string> list_all_tills(const agent::Config& config, const JournalAccess& journal) {
    std::map<std::string, Json> tills;
    const Json notes(cJSON_CreateArray());
    const auto allowed = list_tills(config);
    const auto known = journal.tills();
    if (!allowed && !known) return std::unexpected(allowed.error());
    for (const auto* answer : {&allowed, &known}) {
        if (*answer)
            merge(tills, JsonDocument(**answer).root());
        else
            cJSON_AddItemToArray(notes.get(), cJSON_CreateString(answer->error().message.c_str()));
    }
    const Json root(cJSON_CreateObject());
    cJSON* list = cJSON_AddArrayToObject(root.get(), "tills");
    for (auto& [name, till] : tills) cJSON_AddItemToArray(list, till.release());
    cJSON_AddItemToObject(root.get(), "notes", cJSON_Duplicate(notes.get(), true));
    const JsonText printed(cJSON_PrintUnformatted(root.get()));
    if (!printed) return fail(ErrorCode::kUnavailable, "out of memory");
    return std::string(printed.get());
}

std::string till_list_text(JsonView list, WallTime now) {
    std::vector<std::vector<std::string>> rows{
        {"TILL", "SIGNS IN BY", "IS", "LAST HEARD", "LAST SALE", "NUMBER", "MISSING NUMBERS", "CLOCK"}};
    for (const auto till : list.at("tills").children())
        rows.push_back({till.text("till"), sign_in_text(till), till.text("presence"), age(till.text("last_seen"), now),
                        age(till.text("last_transaction"), now), till.text("last_sequence"), missing_text(till),
                        clock_text(till)});
    std::string text = table(rows);
    for (const auto note : list.at("notes").children()) text += "Not asked: " + note.text() + '\n';
    return text;
}

}  // namespace tillkeeper::cli
