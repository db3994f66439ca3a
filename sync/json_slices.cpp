#include "sync/json_slices.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "sync/utf8.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<unsigned> hex4(std::string_view text) {
    if (text.size() < 4) return {};
    unsigned value = 0;
    for (const char c : text.substr(0, 4)) {
        const char low = static_cast<char>(c | 0x20);
        if (!digit(c) && (low < 'a' || low > 'f')) return {};
        value = value * 16 + static_cast<unsigned>(digit(c) ? c - '0' : low - 'a' + 10);
    }
    return value;
}

class Check {
  public:
    explicit Check(std::string_view text) : rest_(text) {}
    bool whole() { return value(0) && rest_.empty(); }

  private:
    bool value(int depth) {
        space();
        if (rest_.empty() || depth > kJsonDepthMax) return false;
        bool good = false;
        if (const char c = rest_.front(); c == '{' || c == '[')
            good = container(c == '{', depth);
        else if (c == '"')
            good = string();
        else if (c == '-' || digit(c))
            good = number();
        else
            good = take("true") || take("false") || take("null");
        space();
        return good;
    }

    bool container(bool object, int depth) {
        const std::string_view closing = object ? "}" : "]";
        rest_.remove_prefix(1);
        space();
        if (take(closing)) return true;
        for (;;) {
            space();
            if (object && !member_name()) return false;
            if (!value(depth + 1)) return false;
            if (take(closing)) return true;
            if (!take(",")) return false;
        }
    }

    bool member_name() {
        if (!string()) return false;
        space();
        return take(":");
    }

    bool string() {
        if (!take("\"")) return false;
        while (!rest_.empty() && rest_.front() != '"') {
            if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
            if (take("\\")) {
                if (rest_.empty() || std::string_view("\"\\/bfnrtu").find(rest_.front()) == std::string_view::npos)
                    return false;
                if (rest_.front() == 'u' && !hex4(rest_.substr(1))) return false;
            }
            rest_.remove_prefix(1);
        }
        return take("\"");
    }

    bool number() {
        take("-");
        if (!take("0") && !digits()) return false;
        if (take(".") && !digits()) return false;
        if (!take("e") && !take("E")) return true;
        if (!take("+")) take("-");
        return digits();
    }

    bool digits() {
        const auto end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        rest_.remove_prefix(end);
        return end > 0;
    }

    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    void space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size())); }

    std::string_view rest_;
};

// How long the string is that `text` begins with, quotes included.
std::size_t string_length(std::string_view text) {
    std::size_t at = 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

std::size_t value_length(std::string_view text) {
    if (text.empty()) return 0;
    if (text.front() == '"') return string_length(text);
    if (text.front() != '{' && text.front() != '[') return std::min(text.find_first_of(" \t\r\n,]}"), text.size());
    int depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"') {
            at += string_length(text.substr(at));
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        ++at;
        if ((c == '}' || c == ']') && --depth == 0) return at;
    }
    return text.size();
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    if (code < 0x800) {
        out += static_cast<char>(0xC0U | (code >> 6U));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0U | (code >> 12U));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | (code >> 18U));
        out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    }
    out += static_cast<char>(0x80U | (code & 0x3FU));
}

// What stands after "\u", one or two of them. Moves `at` behind it.
std::optional<unsigned> code_point(std::string_view inner, std::size_t& at) {
    const unsigned first = hex4(inner.substr(at)).value_or(0);
    at += 4;
    if (first == 0 || (first >= 0xDC00 && first < 0xE000)) return {};
    if (first < 0xD800 || first >= 0xE000) return first;
    if (inner.substr(at, 2) != "\\u") return {};
    const unsigned second = hex4(inner.substr(at + 2)).value_or(0);
    at += 6;
    if (second < 0xDC00 || second >= 0xE000) return {};
    return 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00);
}

char escaped(char c) {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return c;
    }
}

}  // namespace

bool is_json(std::string_view text) {
    return is_utf8(text) && Check(text).whole();
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

JsonPieces::JsonPieces(std::string_view text) : rest_(trimmed(text)) {
    object_ = rest_.starts_with('{');
    if (!object_ && !rest_.starts_with('[')) rest_ = {};
    if (!rest_.empty()) rest_.remove_prefix(1);
}

void JsonPieces::skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
}

std::string_view JsonPieces::take() {
    const auto piece = rest_.substr(0, value_length(rest_));
    rest_.remove_prefix(piece.size());
    return piece;
}

bool JsonPieces::next() {
    skip(" \t\r\n,");
    if (rest_.empty() || rest_.front() == '}' || rest_.front() == ']') return false;
    if (object_) {
        name_ = take();
        skip(" \t\r\n:");
    }
    value_ = take();
    return true;
}

std::string_view json_member(std::string_view object, std::string_view name) {
    std::string_view found;
    if (!trimmed(object).starts_with('{')) return found;
    for (JsonPieces members(object); members.next();) {
        const auto inner = members.name().substr(1, members.name().size() - 2);
        const bool plain = inner.find('\\') == std::string_view::npos;
        if (plain ? inner == name : json_string(members.name()) == std::string(name)) found = members.value();
    }
    return found;
}

std::optional<std::string> json_string(std::string_view value) {
    if (value.size() < 2 || value.front() != '"') return {};
    const auto inner = value.substr(1, value.size() - 2);
    std::string out;
    out.reserve(inner.size());
    for (std::size_t at = 0; at < inner.size();) {
        const char c = inner[at++];
        if (c != '\\') {
            out += c;
        } else if (const char kind = inner[at++]; kind == 'u') {
            const auto code = code_point(inner, at);
            if (!code) return {};
            append_utf8(out, *code);
        } else {
            out += escaped(kind);
        }
    }
    return out;
}

std::optional<std::string> json_key(std::string_view value) {
    const bool integer = !value.empty() && value.find_first_not_of("-0123456789") == std::string_view::npos;
    return integer ? std::optional(std::string(value)) : json_string(value);
}

std::optional<std::int64_t> json_integer(std::string_view value) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size()) return {};
    return number;
}

}  // namespace tillkeeper::sync
