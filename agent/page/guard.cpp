#include "agent/page/guard.h"

#include <algorithm>

#include "agent/page/request_parts.h"
#include "platform/ascii.h"

namespace tillkeeper::agent {
namespace {

// Without port; an IPv6 address without its brackets; "" for what is neither.
std::string host_only(std::string_view host) {
    const auto close = host.find(']');
    if (host.starts_with('[')) return close == std::string_view::npos ? "" : ascii_lower(host.substr(1, close - 1));
    return ascii_lower(host.substr(0, host.find(':')));
}

bool is_ipv4(std::string_view host) {
    return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos &&
           std::ranges::count(host, '.') == 3;
}

}  // namespace

bool names_page(std::string_view host, const PageHosts& hosts) {
    const bool ipv6 = host.starts_with('[');
    const std::string name = host_only(host);
    if (name.empty()) return false;
    if (name == "localhost" || name == "127.0.0.1" || name == "::1") return true;
    const bool anywhere = hosts.listen == "0.0.0.0" || hosts.listen == "::";
    if (anywhere ? ipv6 || is_ipv4(name) : name == ascii_lower(hosts.listen)) return true;
    return std::ranges::any_of(hosts.named, [&](const auto& each) { return name == ascii_lower(each); });
}

bool sent_by_page(const ServerRequest& request) {
    const auto site = header(request, "sec-fetch-site");
    if (!site.empty() && site != "same-origin") return false;
    const auto origin = header(request, "origin");
    if (origin.empty()) return !site.empty();
    for (const std::string_view scheme : {"http://", "https://"})
        if (origin.starts_with(scheme))
            return ascii_lower(origin.substr(scheme.size())) == ascii_lower(header(request, "host"));
    return false;
}

std::optional<TurnedAway> turned_away(const ServerRequest& request, const PageHosts& hosts, bool takes_forms) {
    if (!names_page(header(request, "host"), hosts)) return TurnedAway{421, "refused.host"};
    const bool posted = takes_forms && request.method == "POST";
    if (!posted && request.method != "GET" && request.method != "HEAD") return TurnedAway{405, "refused.method"};
    if (posted && !sent_by_page(request)) return TurnedAway{403, "refused.foreign"};
    std::size_t bytes = 0;
    for (const auto& [name, value] : request.query) bytes += name.size() + value.size();
    if (bytes > kQueryBytesMax) return TurnedAway{414, "refused.long"};
    return std::nullopt;
}

// The referrer stays within the page: without any, browsers send "Origin: null" with the page's own forms.
HttpHeaders guarding_headers() {
    return {{"Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
             "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
            {"X-Content-Type-Options", "nosniff"},
            {"Referrer-Policy", "same-origin"},
            {"Cache-Control", "no-store"},
            {"Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"},
            {"Cross-Origin-Opener-Policy", "same-origin"},
            {"Cross-Origin-Resource-Policy", "same-origin"}};
}

}  // namespace tillkeeper::agent
