#include "agent/contract/json_string.h"

#include <charconv>

namespace tillkeeper::agent {

bool JsonString::read(std::string_view text, std::size_t from) {
    text_ = text;
    at_ = from;
    escaped_ = nul_ = lone_surrogate_ = false;
    decoded_.clear();
    std::size_t copied = from;
    while (true) {
        if (at_ >= text_.size()) return stop("the string does not end");
        const unsigned c = byte(0);
        if (c == '"') break;
        if (c < 0x20) return stop("a control character in a string");
        if (c == '\\') {
            escaped_ = true;
            decoded_.append(text_, copied, at_ - copied);
            if (!escape()) return false;
            copied = at_;
        } else if (c < 0x80) {
            ++at_;
        } else if (!utf8()) {
            return false;
        }
    }
    raw_ = text_.substr(from, at_ - from);
    if (escaped_) decoded_.append(text_, copied, at_ - copied);
    ++at_;
    return true;
}

bool JsonString::stop(std::string_view what) {
    error_ = what;
    return false;
}

bool JsonString::escape() {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (at_ >= text_.size()) return stop("the string does not end");
    if (const auto which = kNames.find(text_[at_]); which != std::string_view::npos) {
        decoded_ += kMeanings[which];
        ++at_;
        return true;
    }
    std::uint32_t unit = 0;
    if (!hex4(unit)) return false;
    if (unit == 0) nul_ = true;
    if (unit >= 0xD800 && unit <= 0xDFFF) return surrogate(unit);
    append(unit);
    return true;
}

bool JsonString::surrogate(std::uint32_t high) {
    const std::size_t before = at_;
    if (high <= 0xDBFF && byte(0) == '\\' && byte(1) == 'u') {
        std::uint32_t low = 0;
        ++at_;
        if (!hex4(low)) return false;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            append(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            return true;
        }
        at_ = before;
    }
    lone_surrogate_ = true;
    append(0xFFFD);
    return true;
}

bool JsonString::hex4(std::uint32_t& unit) {
    if (byte(0) != 'u') return stop("an unknown escape");
    const auto digits = text_.substr(at_ + 1, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (error != std::errc{} || digits.size() != 4 || end != digits.data() + 4) return stop("four hex digits expected");
    at_ += 5;
    return true;
}

bool JsonString::utf8() {
    const unsigned lead = byte(0);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    unsigned low = 0x80;
    unsigned high = 0xBF;  // of the second byte: excludes longer forms than needed, surrogates, beyond U+10FFFF
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    bool good = lead >= 0xC2 && lead <= 0xF4 && byte(1) >= low && byte(1) <= high;
    for (std::size_t i = 2; i < length; ++i) good = good && byte(i) >= 0x80 && byte(i) <= 0xBF;
    if (!good) return stop("not UTF-8");
    at_ += length;
    return true;
}

void JsonString::append(std::uint32_t c) {
    const auto tail = [&](int shift) { decoded_ += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
        decoded_ += static_cast<char>(c);
    } else if (c < 0x800) {
        decoded_ += static_cast<char>(0xC0 | (c >> 6));
        tail(0);
    } else if (c < 0x10000) {
        decoded_ += static_cast<char>(0xE0 | (c >> 12));
        tail(6);
        tail(0);
    } else {
        decoded_ += static_cast<char>(0xF0 | (c >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace tillkeeper::agent
