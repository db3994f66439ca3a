#include "agent/staff/form.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "sync/utf8.h"

namespace tillkeeper::agent {
namespace {

bool is_text(std::string_view text) {
    return sync::is_utf8(text) && std::ranges::none_of(text, [](unsigned char c) {
               return (c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7F;
           });
}

// Nothing where it is no text that a browser could have sent.
std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        unsigned byte = 0;
        const auto digits = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (error != std::errc{} || end != digits.data() + 2 || digits.size() != 2) return std::nullopt;
        out += static_cast<char>(byte);
        i += 2;
    }
    if (!is_text(out)) return std::nullopt;
    return out;
}

}  // namespace

Result<FormFields> read_form(std::string_view body) {
    FormFields form;
    while (!body.empty()) {
        if (form.size() >= kFormFieldsMax) return fail(ErrorCode::kLimit, "the form has too many fields");
        const auto end = body.find('&');
        const auto pair = body.substr(0, end);
        body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
        const auto equals = pair.find('=');
        auto name = decoded(pair.substr(0, equals));
        auto value = decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
        if (!name || !value || name->empty()) return fail(ErrorCode::kInvalid, "the form cannot be read");
        if (!form.emplace(std::move(*name), std::move(*value)).second)
            return fail(ErrorCode::kInvalid, "the form has a field twice");
    }
    return form;
}

std::string_view field(const FormFields& form, std::string_view name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string_view() : found->second;
}

}  // namespace tillkeeper::agent
