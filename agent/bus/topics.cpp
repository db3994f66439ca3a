#include "agent/bus/topics.h"

#include <algorithm>
#include <array>

namespace tillkeeper::agent {
namespace {

constexpr std::string_view kTills = "tillkeeper/v1/tills/";
constexpr std::size_t kTopicBytesMax = 256;
constexpr std::array<std::string_view, 4> kTillSays{"transactions", "redemptions", "presence", "lookups"};

}  // namespace

TillTopic parse_till_topic(std::string_view topic) {
    if (!topic.starts_with(kTills)) return {};
    topic.remove_prefix(kTills.size());
    const auto slash = topic.find('/');
    if (slash == std::string_view::npos) return {};
    return {topic.substr(0, slash), topic.substr(slash + 1)};
}

std::string replies_topic(std::string_view till) {
    return std::string(kTills) + std::string(till) + "/replies";
}

bool is_own_topic(std::string_view till, std::string_view topic) {
    if (topic.size() > kTopicBytesMax || topic.find_first_of("+#") != std::string_view::npos) return false;
    if (topic.find('\0') != std::string_view::npos) return false;
    const auto parsed = parse_till_topic(topic);
    const auto first = parsed.rest.substr(0, parsed.rest.find('/'));
    return parsed.till == till && !first.empty() && std::ranges::find(kTillSays, first) == kTillSays.end();
}

}  // namespace tillkeeper::agent
