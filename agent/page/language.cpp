#include "agent/page/language.h"

#include <algorithm>
#include <array>

#include "agent/page/request_parts.h"
#include "agent/page/words.h"
#include "platform/ascii.h"

namespace tillkeeper::agent {
namespace {

constexpr std::array<std::string_view, 5> kNames{"English", "Deutsch", "Fran\u00E7ais", "Espa\u00F1ol", "Italiano"};
static_assert(kNames.size() == kLanguages.size());

// RFC 9110, 12.4.2, in thousandths. What is no q value weighs nothing.
int weight_of(std::string_view parameter) {
    if (parameter.empty()) return 1000;
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return 0;
    const auto digits = parameter.substr(2);
    if (digits.empty() || digits.size() > 5 || (digits.size() > 1 && digits[1] != '.')) return 0;
    int weight = 0;
    int place = 1000;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i == 1) continue;
        if (digits[i] < '0' || digits[i] > '9') return 0;
        weight += (digits[i] - '0') * place;
        place /= 10;
    }
    return weight <= 1000 ? weight : 0;
}

std::optional<std::string_view> preferred(std::string_view accepted) {
    std::optional<std::string_view> best;
    int heaviest = 0;
    while (!accepted.empty()) {
        auto item = next_part(accepted, ',');
        const auto language = known_language(next_part(item, ';'));
        const int weight = weight_of(trimmed(item));
        if (!language || weight <= heaviest) continue;
        best = language;
        heaviest = weight;
    }
    return best;
}

std::optional<std::string_view> chosen(const ServerRequest& request) {
    const auto found = request.query.find("lang");
    return found == request.query.end() ? std::nullopt : known_language(found->second);
}

}  // namespace

std::optional<std::string_view> known_language(std::string_view tag) {
    const auto primary = ascii_lower(tag.substr(0, tag.find('-')));
    const auto known = std::ranges::find(kLanguages, primary);
    if (known == kLanguages.end()) return std::nullopt;
    return *known;
}

std::string_view language_name(std::string_view language) {
    const auto place = std::ranges::find(kLanguages, language) - kLanguages.begin();
    return place < std::ssize(kNames) ? kNames[static_cast<std::size_t>(place)] : language;
}

std::string_view language_of(const ServerRequest& request, std::string_view configured) {
    if (const auto language = chosen(request)) return *language;
    if (const auto language = known_language(cookie(request, "lang"))) return *language;
    if (const auto language = preferred(header(request, "accept-language"))) return *language;
    return known_language(configured).value_or(kLanguages.front());
}

std::optional<std::string> language_cookie(const ServerRequest& request) {
    const auto language = chosen(request);
    if (!language) return std::nullopt;
    return "lang=" + std::string(*language) + "; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly";
}

}  // namespace tillkeeper::agent
