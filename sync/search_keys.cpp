#include "sync/search_keys.h"

#include <algorithm>
#include <iterator>

#include "sync/json_slices.h"
#include "sync/utf8.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kPhoneDigitsMax = 15;  // E.164
constexpr std::size_t kPhoneDigitsMin = 6;
constexpr std::size_t kSubscriberDigitsMin = 8;  // so much must follow for "49..." to begin with the country's code

std::string_view without_space(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

// The trunk zero belongs to the number in Italy (and San Marino, which shares its plan).
bool keeps_zero(std::string_view country) {
    return country == "39" || country == "378";
}

// "tel:+49-171-5;ext=12", "0171 5 ext. 12", "0171 5 x12": what follows the number is not part of it.
std::string_view number_alone(std::string_view text) {
    text = without_space(text);
    if (text.starts_with("tel:")) text.remove_prefix(4);
    const auto digit = text.find_first_of("0123456789");
    if (digit == std::string_view::npos) return {};
    const auto end = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(digit), text.end(), [](char c) {
        const char low = static_cast<char>(c | 0x20);
        return (low >= 'a' && low <= 'z') || c == ';' || c == '#' || c == ',';
    });
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// "+49 0171": who writes both means one.
std::string without_trunk_zero(std::string international, std::string_view country) {
    if (country.empty() || keeps_zero(country) || !international.starts_with(country)) return international;
    const auto subscriber = international.find_first_not_of('0', country.size());
    if (subscriber != std::string::npos) international.erase(country.size(), subscriber - country.size());
    return international;
}

// `whole`: a number, not only the beginning of one.
std::string phone_digits(std::string_view text, const std::string& country, bool whole) {
    std::string written(number_alone(text));
    const bool plus = written.find('+') < written.find_first_of("0123456789");
    // Of another country's number only the brackets tell where the zero stands: "+44 (0) 20".
    const auto bracket = written.find("(0)");
    if (bracket != std::string::npos && !digits_of(written.substr(0, bracket)).empty() && !written.starts_with("+39"))
        written.erase(bracket, 3);
    std::string digits = digits_of(written);
    if (plus) return without_trunk_zero(std::move(digits), country);
    const std::string_view exit_code = country == "1" ? "011" : "00";
    if (digits.starts_with(exit_code)) return without_trunk_zero(digits.substr(exit_code.size()), country);
    if (country.empty()) return digits;
    if (digits.starts_with('0')) return country + (keeps_zero(country) ? digits : digits.substr(1));
    const bool long_enough = !whole || digits.size() >= country.size() + kSubscriberDigitsMin;
    return digits.starts_with(country) && long_enough ? digits : country + digits;
}

std::string fold(std::string_view text) {
    std::string folded(without_space(text));
    for (char& c : folded)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return folded;
}

std::string spelled(std::string_view text, const SearchKeyConfig& config, bool whole) {
    switch (config.normal) {
        case Normal::kText:
            break;
        case Normal::kFolded:
            return fold(text);
        case Normal::kDigits:
            return digits_of(text);
        case Normal::kPhone:
            return phone_digits(text, config.country, whole);
    }
    return std::string(without_space(text));
}

std::size_t prefix_min(const SearchKeyConfig& config) {
    return static_cast<std::size_t>(std::clamp(config.prefix_min, kPrefixCharactersMin, kPrefixCharactersMax));
}

// Where each of the first characters ends, up to kPrefixCharactersMax of them.
std::vector<std::size_t> ends_of_characters(std::string_view text) {
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at < text.size() && ends.size() < kPrefixCharactersMax; ends.push_back(at))
        at += std::max<std::size_t>(utf8_length(text.substr(at)), 1);
    return ends;
}

using Keys = std::vector<storage::SearchKey>;

void add(Keys& keys, std::string field, std::string value) {
    const auto same = [&](const storage::SearchKey& key) { return key.field == field && key.value == value; };
    if (std::ranges::none_of(keys, same)) keys.push_back({std::move(field), std::move(value)});
}

void add_text(std::string_view text, const SearchKeyConfig& config, Keys& exact, Keys& beginnings) {
    const auto value = normalised(text, config);
    if (!value) return;
    add(exact, config.field, *value);
    if (config.prefix_min <= 0) return;
    const auto ends = ends_of_characters(*value);
    for (std::size_t count = prefix_min(config); count <= ends.size(); ++count)
        add(beginnings, config.field + "*", value->substr(0, ends[count - 1]));
}

}  // namespace

std::optional<std::string> normalised(std::string_view text, const SearchKeyConfig& config) {
    std::string value = spelled(text, config, true);
    if (value.empty() || value.size() > storage::kMirrorKeyBytesMax) return {};
    const bool phone = config.normal == Normal::kPhone;
    if (phone && (value.size() < config.country.size() + kPhoneDigitsMin || value.size() > kPhoneDigitsMax)) return {};
    return value;
}

std::vector<storage::SearchKey> search_keys(std::string_view record, const std::vector<SearchKeyConfig>& configs) {
    Keys keys;
    Keys beginnings;
    for (const auto& config : configs) {
        const auto value = json_member(record, config.member.empty() ? config.field : config.member);
        if (const auto text = json_key(value)) add_text(*text, config, keys, beginnings);
        if (!value.starts_with('[')) continue;
        for (JsonPieces items(value); items.next() && keys.size() < kSearchKeysMax;)
            if (const auto text = json_key(items.value())) add_text(*text, config, keys, beginnings);
    }
    std::ranges::move(beginnings, std::back_inserter(keys));
    if (keys.size() > kSearchKeysMax) keys.resize(kSearchKeysMax);
    return keys;
}

std::optional<storage::SearchKey> asked_for(std::string_view field, std::string_view text,
                                            const std::vector<SearchKeyConfig>& configs) {
    const auto config = std::ranges::find(configs, field, &SearchKeyConfig::field);
    if (config == configs.end()) return {};
    text = without_space(text);
    if (!text.ends_with('*')) {
        auto value = normalised(text, *config);
        return value ? std::optional<storage::SearchKey>({std::string(field), std::move(*value)}) : std::nullopt;
    }
    if (config->prefix_min <= 0) return {};
    text.remove_suffix(1);
    const std::string beginning = spelled(text, *config, false);
    const auto ends = ends_of_characters(beginning);
    if (ends.size() < prefix_min(*config)) return {};
    return storage::SearchKey{std::string(field) + "*", beginning.substr(0, ends.back())};
}

}  // namespace tillkeeper::sync
