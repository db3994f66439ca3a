#include "agent/cli/printable.h"

#include <algorithm>
#include <array>

namespace tillkeeper::cli {
namespace {

struct Character {
    char32_t code = 0;
    std::size_t bytes = 0;  // 0: no UTF-8
};

struct Form {
    unsigned char mask, lead;
    std::size_t bytes;
    char32_t least;  // anything smaller has a shorter form, and must use it
};

constexpr std::array<Form, 4> kForms = {
    {{0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}}};

Character first_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const auto* form = std::ranges::find_if(kForms, [&](const Form& f) { return (lead & f.mask) == f.lead; });
    if (form == kForms.end() || form->bytes > text.size()) return {};
    char32_t code = lead & static_cast<unsigned char>(~form->mask);
    for (const char c : text.substr(1, form->bytes - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) return {};
        code = code << 6 | (byte & 0x3F);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < form->least || code > 0x10FFFF || surrogate ? Character{} : Character{code, form->bytes};
}

bool steers(char32_t c) {
    const auto between = [c](char32_t from, char32_t to) { return c >= from && c <= to; };
    return c < 0x20 || between(0x7F, 0x9F) || c == 0xAD || c == 0x61C || between(0x200B, 0x200F) ||
           between(0x2028, 0x202E) || between(0x2060, 0x206F) || c == 0xFEFF || between(0xE0000, 0xE0FFF);
}

bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto character = first_of(text);
        const auto bytes = std::max<std::size_t>(character.bytes, 1);
        if (character.bytes == 0 || steers(character.code))
            out += '?';
        else
            out += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return out;
}

std::string in_ascii(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x80)
            out += c;
        else if (begins_character(c))
            out += '?';
    return out;
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    if (width == 0 || columns(text) <= width) return std::string(text);
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        if (used > 0 && used + 1 + columns(word) > width) {
            out.append(1, '\n').append(indent, ' ');
            used = indent;
        } else if (!out.empty()) {
            out += ' ';
            ++used;
        }
        out += word;
        used += columns(word);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return out;
}

}  // namespace tillkeeper::cli
