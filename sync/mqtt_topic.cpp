#include "sync/mqtt_topic.h"

#include <algorithm>

#include "platform/ascii.h"
#include "sync/utf8.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kStore = "store";
constexpr std::string_view kTill = "till";
constexpr std::string_view kType = "type";

void append_level(std::string& topic, std::string_view value) {
    const auto fine = [](char c) { return is_ascii_alnum(c) || c == '.' || c == '_' || c == '-'; };
    if (value.empty()) topic += '_';
    for (const char c : value) topic += fine(c) ? c : '_';
}

// Gives each piece to `text` or, where it stands in braces, to `field`. False: a brace without its counterpart.
template <typename Text, typename Field>
bool each_piece(std::string_view rest, const Text& text, const Field& field) {
    while (!rest.empty()) {
        const std::size_t open = rest.find_first_of("{}");
        text(rest.substr(0, open));
        if (open == std::string_view::npos) return true;
        const std::size_t close = rest.find('}', open);
        if (rest[open] == '}' || close == std::string_view::npos) return false;
        field(rest.substr(open + 1, close - open - 1));
        rest.remove_prefix(close + 1);
    }
    return true;
}

}  // namespace

Result<void> check_topic_template(std::string_view text) {
    if (text.empty() || text.size() > kTopicTemplateBytesMax || !is_utf8(text))
        return fail(ErrorCode::kInvalid, "must be text of 1 to 1024 bytes");
    if (text.front() == '$') return fail(ErrorCode::kInvalid, "must not begin with \"$\"");
    if (std::ranges::any_of(text, [](unsigned char c) { return c == '+' || c == '#' || c < 0x20 || c == 0x7F; }))
        return fail(ErrorCode::kInvalid, "must have neither wildcards nor control characters");
    bool known = true;
    const auto field = [&](std::string_view name) {
        known = known && (name == kStore || name == kTill || name == kType);
    };
    if (!each_piece(text, [](std::string_view) {}, field) || !known)
        return fail(ErrorCode::kInvalid, "knows the fields {store}, {till} and {type}, and no others");
    return {};
}

std::string topic_of(std::string_view text, std::string_view store, const storage::Entry& entry) {
    std::string topic;
    each_piece(
        text, [&](std::string_view piece) { topic += piece; },
        [&](std::string_view name) {
            append_level(topic, name == kStore ? store : name == kTill ? std::string_view(entry.till) : entry.type);
        });
    return topic;
}

}  // namespace tillkeeper::sync
