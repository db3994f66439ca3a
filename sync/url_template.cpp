#include "sync/url_template.h"

#include <algorithm>

#include "platform/ascii.h"

namespace tillkeeper::sync {

void append_percent_encoded(std::string& out, char c) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (is_ascii_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
            out += c;
        else
            append_percent_encoded(out, c);
    return out;
}

std::string filled(std::string_view address,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    std::string out;
    while (!address.empty()) {
        const auto here = std::ranges::find_if(values, [&](const auto& value) {
            return address.starts_with('{') && address.substr(1).starts_with(value.first) &&
                   address.substr(1 + value.first.size()).starts_with('}');
        });
        if (here == values.end()) {
            out += address.front();
            address.remove_prefix(1);
        } else {
            out += percent_encoded(here->second);
            address.remove_prefix(here->first.size() + 2);
        }
    }
    return out;
}

std::optional<std::string> origin_of(std::string_view address) {
    for (const char c : address)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\') return {};
    const auto end = address.find_first_of("/?#", std::min<std::size_t>(address.size(), 8));
    std::string lower = ascii_lower(address.substr(0, end));
    const bool secure = lower.starts_with("https://");
    if (!secure && !lower.starts_with("http://")) return {};
    // "http://" is one shorter than what was searched from.
    if (!secure) lower.erase(std::min(lower.find('/', 7), lower.size()));
    const std::string host = lower.substr(secure ? 8 : 7);
    if (host.empty() || host.find('@') != std::string::npos || host.front() == ':') return {};
    const auto colon = host.find(':', host.starts_with('[') ? std::min(host.find(']'), host.size()) : 0);
    if (colon == host.size() - 1) lower.pop_back();
    if (colon == std::string::npos || colon == host.size() - 1) lower += secure ? ":443" : ":80";
    return lower;
}

}  // namespace tillkeeper::sync
