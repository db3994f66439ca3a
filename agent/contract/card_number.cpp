#include "agent/contract/card_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "agent/contract/card_scheme.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSeparatorMax = 3;  // characters between two groups

enum class Kind : std::uint8_t { kDigit, kLetter, kOther, kEnd };

struct Character {
    Kind kind = Kind::kEnd;
    std::size_t size = 0;  // bytes
};

// Beyond ASCII, spaces, hyphens and other signs separate; all else is a letter. The text is valid UTF-8.
bool is_sign(std::string_view rest) {
    const auto at = [&](std::size_t i) { return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U; };
    if (at(0) == 0xC2) return at(1) < 0xC0 && at(1) != 0xAA && at(1) != 0xB5 && at(1) != 0xBA;  // U+0080 to U+00BF
    if (at(0) == 0xE2) return true;                                                             // U+2000 to U+2FFF
    if (at(0) == 0xE3) return at(1) == 0x80 && at(2) <= 0x83;                                   // U+3000 to U+3003
    return at(0) == 0xEF && at(1) == 0xBB && at(2) == 0xBF;                                     // U+FEFF
}

Character look(std::string_view text, std::size_t at) {
    if (at >= text.size()) return {};
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= '0' && c <= '9') return {Kind::kDigit, 1};
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return {Kind::kLetter, 1};
    if (c < 0x80) return {Kind::kOther, 1};
    const std::size_t size = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return {is_sign(text.substr(at)) ? Kind::kOther : Kind::kLetter, std::min(size, text.size() - at)};
}

// In such members thirteen or fourteen digits are something else. Compared without case.
bool names_something_else(std::string_view member) {
    static constexpr std::array<std::string_view, 16> kWords{
        "sku",   "ean",     "gtin",  "upc",    "barcode", "article", "product",   "item",
        "order", "receipt", "phone", "mobile", "tel",     "fax",     "reference", "refers_to"};
    std::string name(member);
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return name == "id" || name.ends_with("_id") ||
           std::ranges::any_of(kWords, [&](std::string_view word) { return name.contains(word); });
}

struct Group {
    std::size_t at = 0;
    std::size_t digits = 0;
};

// Groups of digits with separators between them: the latest ones, and how the whole row began.
class Row {
  public:
    void begin(bool with_plus) {
        count_ = 0;
        with_plus_ = with_plus;
    }
    void add(Group group) {
        std::ranges::rotate(latest_, latest_.begin() + 1);
        latest_.back() = group;
        ++count_;
    }
    [[nodiscard]] std::size_t count() const { return count_; }
    // 0: the newest.
    [[nodiscard]] const Group& newest(std::size_t i) const { return latest_[latest_.size() - 1 - i]; }
    // The window of the newest `groups` begins behind a +.
    [[nodiscard]] bool with_plus(std::size_t groups) const { return with_plus_ && groups == count_; }

  private:
    std::array<Group, kCardDigitsMax + 1> latest_{};
    std::size_t count_ = 0;
    bool with_plus_ = false;
};

class Search {
  public:
    Search(std::string_view text, std::string_view member) : text_(text), member_(member) {}

    bool found() {
        while (at_ < text_.size()) {
            const Character next = look(text_, at_);
            if (next.kind == Kind::kOther)
                at_ += next.size;
            else if (skip_bank_account() ? end_row() : word())
                return true;
        }
        return end_row();
    }

  private:
    // True when what begins here is a bank account, which is then behind us.
    bool skip_bank_account() {
        constexpr std::size_t kCharactersMax = 34;
        if (look(text_, at_).kind != Kind::kLetter || look(text_, at_ + 2).kind != Kind::kDigit) return false;
        std::string account;
        for (std::size_t end = at_; end < text_.size() && account.size() <= kCharactersMax;) {
            const char c = text_[end];
            if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
                account += c;
            else if (c != ' ' && c != '-')
                break;
            ++end;
            const bool whole = look(text_, end).kind == Kind::kOther || look(text_, end).kind == Kind::kEnd;
            if (!whole || !is_bank_account(account)) continue;
            at_ = end;
            return true;
        }
        return false;
    }

    // True when the row that ends here is a card number as a whole.
    bool end_row() {
        const bool card = is_row_of_one_size();
        row_.begin(false);
        return card;
    }

    // Letters and digits without anything between them. True when they end a card number.
    bool word() {
        const std::size_t start = at_;
        std::size_t runs = 0;  // of digits
        Group digits;
        while (true) {
            const Character next = look(text_, at_);
            if (next.kind == Kind::kOther || next.kind == Kind::kEnd) break;
            if (next.kind == Kind::kDigit) {
                if (runs == 0 || digits.at + digits.digits != at_) {
                    ++runs;
                    digits = {at_, 0};
                }
                ++digits.digits;
            }
            at_ += next.size;
        }
        if (runs != 1) return end_row();  // a word, or something like a hash
        return group(digits, digits.at == start, digits.at + digits.digits == at_);
    }

    bool group(Group digits, bool begins_word, bool ends_word) {
        const std::size_t gap = row_.count() > 0 ? digits.at - (row_.newest(0).at + row_.newest(0).digits) : 0;
        if (row_.count() == 0 || !begins_word || !closed_up(gap, digits.at)) {
            if (end_row()) return true;
            row_.begin(digits.at > 0 && text_[digits.at - 1] == '+');
        }
        row_.add(digits);
        return is_printed_card() || (!ends_word && end_row());
    }

    // Nothing but a short separator lies between the groups.
    [[nodiscard]] bool closed_up(std::size_t gap, std::size_t at) const {
        std::size_t characters = 0;
        for (std::size_t i = at - gap; i < at; ++characters) i += look(text_, i).size;
        return characters <= kSeparatorMax;
    }

    [[nodiscard]] bool is_printed_card() const {
        return is_card(1) || ends_in_fours() || (fits({4, 6, 5}) && is_card(3)) || (fits({4, 6, 4}) && is_card(3)) ||
               (fits({4, 3, 3, 3}) && is_card(4)) || (fits({6, 13}) && is_card(2));
    }

    // 4-4-4-4 with more behind it, or with a shorter last group.
    [[nodiscard]] bool ends_in_fours() const {
        constexpr std::size_t kFour = 4;
        std::size_t groups = 1;
        while (groups < row_.count() && groups <= kFour && row_.newest(groups).digits == kFour) ++groups;
        if (groups < kFour || row_.newest(0).digits > kFour) return false;
        return is_card(kFour) || (groups > kFour && is_card(groups));
    }

    [[nodiscard]] bool fits(std::initializer_list<std::size_t> sizes) const {
        if (row_.count() < sizes.size()) return false;
        std::size_t i = sizes.size();
        return std::ranges::all_of(sizes, [&](std::size_t size) { return row_.newest(--i).digits == size; });
    }

    // All of one size, the last may be shorter: the whole row or nothing, else each list of sizes would be looked into.
    [[nodiscard]] bool is_row_of_one_size() const {
        constexpr std::size_t kPair = 2;  // as sizes of clothes, hours, dates
        const std::size_t count = row_.count();
        if (count < 2 || count > kCardDigitsMax) return false;
        const std::size_t size = row_.newest(count - 1).digits;
        if (size == kPair || row_.newest(0).digits > size) return false;
        for (std::size_t i = 1; i < count; ++i)
            if (row_.newest(i).digits != size) return false;
        return is_card(count);
    }

    // The newest groups, read as one number.
    [[nodiscard]] bool is_card(std::size_t groups) const {
        std::array<char, kCardDigitsMax> number{};
        std::size_t size = 0;
        for (std::size_t i = groups; i-- > 0; size += row_.newest(i).digits) {
            if (row_.newest(i).digits > number.size() - size) return false;
            text_.copy(number.data() + size, row_.newest(i).digits, row_.newest(i).at);
        }
        const std::string_view digits(number.data(), size);
        if (row_.with_plus(groups) && digits.size() <= kTelephoneDigitsMax) return false;
        if (!is_card_number(digits)) return false;
        if (groups > 1) return true;
        if (digits.size() == kCardDigitsMin) return !is_article_number(digits) && !names_something_else(member_);
        return !is_article_number(digits) || !names_something_else(member_);
    }

    static constexpr std::size_t kTelephoneDigitsMax = 15;  // E.164

    std::string_view text_;
    std::string_view member_;
    std::size_t at_ = 0;
    Row row_;
};

// "4.111111111111111e15": the number that a JSON reader makes of it.
bool is_card_in_disguise(std::string_view text) {
    constexpr double kMost = 1e19;
    constexpr std::size_t kCharactersMax = 40;
    if (text.empty() || text.size() > kCharactersMax || look(text, 0).kind == Kind::kLetter) return false;
    if (text.find_first_of("eE") == std::string_view::npos) return false;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value >= kMost) return false;
    return is_card_number(std::to_string(static_cast<std::uint64_t>(value)));
}

}  // namespace

bool contains_card_number(std::string_view text, std::string_view member) {
    if (is_card_in_disguise(text)) return true;
    const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
    return static_cast<std::size_t>(digits) >= kCardDigitsMin && Search(text, member).found();
}

}  // namespace tillkeeper::agent
