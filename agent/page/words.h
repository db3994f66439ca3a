// Words: every text of the page in one language, by key, and how that language writes numbers, times and money.
// Pure values; any thread may read them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::agent {

// In the order of the switch on the page.
inline constexpr std::array<std::string_view, 5> kLanguages{"en", "de", "fr", "es", "it"};

// How far local time is ahead of UTC at that moment.
using Zone = std::function<Duration(WallTime)>;

class Words {
  public:
    // Values of the placeholders of a text: {"till", "7"} for "{till}".
    using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    // One of kLanguages, from the embedded files; any other is English.
    [[nodiscard]] static Words in(std::string_view language);

    [[nodiscard]] std::string_view language() const { return language_; }
    // A key that is not there is shown in brackets.
    [[nodiscard]] std::string text(std::string_view key, Values values = {}) const;
    // The plural form for `count`, which is {count} in it.
    [[nodiscard]] std::string counted(std::string_view key, std::int64_t count, Values values = {}) const;
    [[nodiscard]] bool has(std::string_view key) const { return texts_.contains(key); }

    [[nodiscard]] std::string number(std::int64_t number) const;  // "1.234"
    // Minor units and an ISO 4217 code: "1.234,50 €", "£1,234.50".
    [[nodiscard]] std::string money(std::int64_t minor, std::string_view currency) const;
    // "21 Nov", "21.11.", "21/11".
    [[nodiscard]] std::string day(WallTime time, const Zone& zone) const;
    // "10:42" on the day of `now`, else "21.11. 10:42", "10:42 (21/11)".
    [[nodiscard]] std::string moment(WallTime time, WallTime now, const Zone& zone) const;
    // "20.11.2026", "20 Nov 2026".
    [[nodiscard]] std::string date(std::chrono::sys_days day) const;
    // Rounded down to its largest unit: "17 days", "3 hours", "less than a minute".
    [[nodiscard]] std::string duration(std::chrono::seconds length) const;

  private:
    struct Text {
        std::string other;
        std::string one;  // "" without plural forms
    };
    explicit Words(std::string_view language) : language_(language) {}
    [[nodiscard]] std::string filled(std::string_view text, Values values) const;
    [[nodiscard]] std::string decimal(std::uint64_t minor, int digits) const;

    std::string_view language_;
    std::map<std::string, Text, std::less<>> texts_;
};

}  // namespace tillkeeper::agent
