#include "tests/cloud/json_text.h"

#include <charconv>
#include <cstring>

namespace tillkeeper::cloud {
namespace {

constexpr int kDepthMax = 64;

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0U | (code >> 6U));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0U | (code >> 12U));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | (code >> 18U));
        out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4U];
            out += kHex[static_cast<unsigned char>(c) & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

bool is_utf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t i = 0;
    while (i < text.size()) {
        std::uint64_t eight = 0;
        if (text.size() - i >= sizeof eight) {
            std::memcpy(&eight, text.data() + i, sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        const unsigned first = byte(i++);
        if (first < 0x80) continue;
        const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || text.size() - i < more) return false;
        const unsigned second = byte(i);
        const bool overlong_or_surrogate = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                                           (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
        if (overlong_or_surrogate) return false;
        for (std::size_t n = 0; n < more; ++n)
            if ((byte(i++) & 0xC0U) != 0x80) return false;
    }
    return true;
}

bool JsonReader::fail() {
    failed_ = true;
    at_ = end_;
    return false;
}

char JsonReader::peek() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return at_ == end_ ? '\0' : *at_;
}

bool JsonReader::open(char kind) {
    if (peek() != kind || failed_) return false;
    if (++depth_ > kDepthMax) return fail();
    ++at_;
    fresh_ = true;
    return true;
}

bool JsonReader::close_or_comma(char closing) {
    const char c = peek();
    if (failed_) return false;
    if (c == closing) {
        ++at_;
        --depth_;
        fresh_ = false;
        return false;
    }
    if (!fresh_) {
        if (c != ',') return fail();
        ++at_;
    }
    fresh_ = false;
    return peek() != 0 || fail();
}

bool JsonReader::next_member(std::string_view& name) {
    if (!close_or_comma('}')) return false;
    if (peek() != '"') return fail();
    name = quoted();
    if (peek() != ':') return fail();
    ++at_;
    return peek() != 0 || fail();
}

bool JsonReader::next_item() {
    return close_or_comma(']');
}

std::string_view JsonReader::quoted() {
    const char* begin = ++at_;
    for (; at_ != end_; ++at_) {
        if (*at_ == '"') return {begin, static_cast<std::size_t>(at_++ - begin)};
        if (*at_ == '\\') return unescaped(begin);
        if (static_cast<unsigned char>(*at_) < 0x20) break;
    }
    fail();
    return {};
}

std::string_view JsonReader::unescaped(const char* begin) {
    std::string& out = unescaped_.emplace_back(begin, at_);
    while (at_ != end_) {
        const char c = *at_++;
        if (c == '"') return out;
        if (static_cast<unsigned char>(c) < 0x20) break;
        if (c != '\\') {
            out += c;
        } else if (!escape(out)) {
            break;
        }
    }
    fail();
    return {};
}

bool JsonReader::escape(std::string& out) {
    if (at_ == end_) return false;
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char c = *at_++;
    if (const std::size_t which = kLetters.find(c); which != std::string_view::npos) {
        out += kMeanings[which];
        return true;
    }
    if (c != 'u') return false;
    auto code = four_digits();
    if (!code || (*code >= 0xDC00 && *code < 0xE000)) return false;
    if (*code >= 0xD800 && *code < 0xDC00) {
        if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return false;
        at_ += 2;
        const auto low = four_digits();
        if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
        code = 0x10000U + ((*code - 0xD800U) << 10U) + (*low - 0xDC00U);
    }
    append_utf8(out, *code);
    return true;
}

std::optional<unsigned> JsonReader::four_digits() {
    unsigned code = 0;
    if (end_ - at_ < 4) return {};
    const auto [stop, error] = std::from_chars(at_, at_ + 4, code, 16);
    if (error != std::errc() || stop != at_ + 4) return {};
    at_ += 4;
    return code;
}

std::string_view JsonReader::number_text() {
    const char* begin = at_;
    while (at_ != end_ &&
           ((*at_ >= '0' && *at_ <= '9') || *at_ == '-' || *at_ == '+' || *at_ == '.' || *at_ == 'e' || *at_ == 'E'))
        ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
}

std::string_view JsonReader::string() {
    if (peek() == '"' && !failed_) return quoted();
    skip();
    return {};
}

std::optional<std::int64_t> JsonReader::integer() {
    const char c = peek();
    if (c != '-' && (c < '0' || c > '9')) return skip(), std::nullopt;
    const std::string_view text = number_text();
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size()) return {};
    return value;
}

double JsonReader::number() {
    const char c = peek();
    if (c != '-' && (c < '0' || c > '9')) return skip(), 0;
    const std::string_view text = number_text();
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void JsonReader::skip() {
    const char c = peek();
    if (failed_) return;
    std::string_view name;
    if (c == '"') {
        quoted();
    } else if (c == '{') {
        if (open('{'))
            while (next_member(name)) skip();
    } else if (c == '[') {
        if (open('['))
            while (next_item()) skip();
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        number_text();
    } else {
        for (const std::string_view word : {"true", "false", "null"})
            if (static_cast<std::size_t>(end_ - at_) >= word.size() && std::string_view(at_, word.size()) == word) {
                at_ += word.size();
                return;
            }
        fail();
    }
}

}  // namespace tillkeeper::cloud
