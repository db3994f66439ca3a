#include "agent/config/hours.h"

namespace tillkeeper::agent {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

std::optional<minutes> parse_time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    for (const auto place : {0U, 1U, 3U, 4U})
        if (text[place] < '0' || text[place] > '9') return std::nullopt;
    const auto number = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
    if (number(0) > 23 || number(3) > 59) return std::nullopt;
    return hours(number(0)) + minutes(number(3));
}

std::optional<Hours> Hours::parse(std::string_view text) {
    if (text.size() != 11 || text[5] != '-') return std::nullopt;
    const auto from = parse_time_of_day(text.substr(0, 5));
    const auto to = parse_time_of_day(text.substr(6));
    if (!from || !to) return std::nullopt;
    return Hours{*from, *to};
}

std::string Hours::text() const {
    const auto clock = [](minutes time) {
        const auto number = [](std::int64_t part) { return (part < 10 ? "0" : "") + std::to_string(part); };
        return number(time.count() / 60) + ':' + number(time.count() % 60);
    };
    return clock(from) + '-' + clock(to);
}

bool Hours::contain(WallTime in_store) const {
    const auto time = in_store - std::chrono::floor<days>(in_store);
    if (from == to) return true;
    return from < to ? time >= from && time < to : time >= from || time < to;
}

}  // namespace tillkeeper::agent
