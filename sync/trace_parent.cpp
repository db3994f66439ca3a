#include "sync/trace_parent.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "platform/crypto.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kBytes = 55;
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kSpanAt = 36;
constexpr std::size_t kFlagsAt = 53;

bool is_id(std::string_view text) {
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return std::ranges::all_of(text, hex) && text.find_first_not_of('0') != std::string_view::npos;
}

std::string span(Random& random) {
    std::array<std::uint8_t, 8> id{};
    random.fill(id);
    id[0] |= 1U;  // not all zeros
    return to_hex(id);
}

}  // namespace

bool is_traceparent(std::string_view text) {
    if (text.size() != kBytes || !text.starts_with("00-") || text[kSpanAt - 1] != '-' || text[kFlagsAt - 1] != '-')
        return false;
    const auto flags = text.substr(kFlagsAt);
    return is_id(trace_id(text)) && is_id(span_id(text)) && (flags == "00" || is_id(flags));
}

std::string_view trace_id(std::string_view traceparent) {
    return traceparent.substr(kTraceAt, 32);
}
std::string_view span_id(std::string_view traceparent) {
    return traceparent.substr(kSpanAt, 16);
}

// The last bit of the flags.
bool is_sampled(std::string_view traceparent) {
    return std::string_view("13579bdf").contains(traceparent[kFlagsAt + 1]);
}

std::string new_traceparent(Random& random) {
    std::array<std::uint8_t, 16> id{};
    random.fill(id);
    id[0] |= 1U;
    return "00-" + to_hex(id) + "-" + span(random) + "-01";
}

std::string child_traceparent(std::string_view parent, Random& random) {
    return std::string(parent.substr(0, kSpanAt)) + span(random) + std::string(parent.substr(kFlagsAt - 1));
}

}  // namespace tillkeeper::sync
