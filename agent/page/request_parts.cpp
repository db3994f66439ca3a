#include "agent/page/request_parts.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kHeaderBytesMax = 1000;  // the rest is not looked at

}  // namespace

std::string_view header(const ServerRequest& request, std::string_view name) {
    for (const auto& [each, value] : request.headers)
        if (each == name) return std::string_view(value).substr(0, kHeaderBytesMax);
    return {};
}

std::string_view cookie(const ServerRequest& request, std::string_view name) {
    auto cookies = header(request, "cookie");
    while (!cookies.empty()) {
        auto pair = next_part(cookies, ';');
        if (next_part(pair, '=') == name) return trimmed(pair);
    }
    return {};
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view next_part(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return trimmed(part);
}

}  // namespace tillkeeper::agent
