// The page's door: which requests are let in, and what every answer tells the browser not to do. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http_server.h"

namespace tillkeeper::agent {

// The addresses by which the page may be called.
struct PageHosts {
    std::string listen;              // the address it listens on
    std::vector<std::string> named;  // of the configuration
};

// Of the query as a whole; a longer one is no question of this page.
inline constexpr std::size_t kQueryBytesMax = 1024;

// Whether a Host header names this page: the loopback names, where it listens, or a configured name; any port. Where it
// listens on every address, any IP address will do: it takes a name to make a stranger's page reach this one (DNS
// rebinding).
[[nodiscard]] bool names_page(std::string_view host, const PageHosts& hosts);

// Why a request to the page is not let in.
struct TurnedAway {
    int status = 0;
    std::string_view words;  // key of the sentence
};
// `takes_forms`: what is asked for may be posted to, from this page itself.
[[nodiscard]] std::optional<TurnedAway> turned_away(const ServerRequest& request, const PageHosts& hosts,
                                                    bool takes_forms = false);

// Whether a browser says that this page sent the form, by Origin or Sec-Fetch-Site (CSRF). Whoever says neither is no
// browser that could be misled, and is not let in either.
[[nodiscard]] bool sent_by_page(const ServerRequest& request);

// No code but its own, no frames, no strangers, nothing kept.
[[nodiscard]] HttpHeaders guarding_headers();

}  // namespace tillkeeper::agent
