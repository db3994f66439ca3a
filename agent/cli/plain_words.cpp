#include "agent/cli/plain_words.h"

#include <algorithm>
#include <array>

namespace tillkeeper::cli {
namespace {

struct Cause {
    const char *name, *words;
    bool needs_a_person;
};

constexpr std::array<Cause, 8> kCauses = {{{"by_staff", "kept offline by staff", false},
                                           {"no_link", "the network is unplugged", false},
                                           {"no_route", "no way to the cloud", false},
                                           {"no_dns", "its name is not found", false},
                                           {"captive_portal", "the network wants a login", true},
                                           {"tls", "no trusted connection", true},
                                           {"login", "sign-in refused", true},
                                           {"service", "the service is in trouble", false}}};

const Cause* known(const std::string& cause) {
    const auto* found = std::ranges::find(kCauses, cause, [](const Cause& each) { return std::string(each.name); });
    return found == kCauses.end() ? nullptr : found;
}

std::string two(std::int64_t large, const char* unit, std::int64_t small, const char* small_unit) {
    return std::to_string(large) + unit + (small > 0 ? ' ' + std::to_string(small) + small_unit : "");
}

}  // namespace

std::string cause_in_words(const std::string& cause) {
    const auto* found = known(cause);
    return found != nullptr ? found->words : cause;
}

std::string limit_in_words(const std::string& limit) {
    if (limit == "disk") return "the disk";
    if (limit == "certificate") return "a certificate of the bus (tillkeeper doctor)";
    if (limit == "login") return "a certificate for the cloud (tillkeeper doctor)";
    if (limit == "prices") return "the age of the prices";
    return limit;
}

bool needs_a_person(const std::string& cause) {
    const auto* found = known(cause);
    return found != nullptr && found->needs_a_person;
}

std::string time_in_words(std::int64_t seconds) {
    seconds = std::max<std::int64_t>(seconds, 0);
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3600) return std::to_string(seconds / 60) + " min";
    if (seconds < 86'400) return two(seconds / 3600, " h", seconds % 3600 / 60, " min");
    return two(seconds / 86'400, " d", seconds % 86'400 / 3600, " h");
}

std::string bytes_in_words(std::uint64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + " bytes";
    static constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB"};
    std::uint64_t tenths = bytes * 10 / 1024;
    std::size_t unit = 0;
    for (; tenths >= 10'000 && unit + 1 < kUnits.size(); ++unit) tenths /= 1024;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + ' ' + kUnits[unit];
}

}  // namespace tillkeeper::cli
