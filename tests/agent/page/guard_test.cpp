#include "agent/page/guard.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

std::optional<int> status_of(const std::string& host, const std::string& method = "GET", std::size_t query = 0) {
    ServerRequest request{.method = method, .path = "/", .headers = {{"host", host}}};
    if (query > 0) request.query["q"] = std::string(query, 'x');
    const auto away = turned_away(request, {"192.168.1.10", {"Till-Box.lan"}});
    return away ? std::optional(away->status) : std::nullopt;
}

TEST(PageGuard, KnowsItsOwnNamesOnly) {  // [agent-32]
    for (const auto* own : {"localhost", "localhost:8480", "127.0.0.1:8480", "[::1]:8480", "192.168.1.10:8480",
                            "192.168.1.10", "till-box.LAN:8480"})
        EXPECT_EQ(status_of(own), std::nullopt) << own;
    for (const auto* strange : {"", "evil.example", "evil.example:8480", "localhost.evil.example", "192.168.1.100",
                                "till-box.lan.evil.example", "[::2]", "[", "[::1", ":8480", "127.0.0.1@evil.example"})
        EXPECT_EQ(status_of(strange), std::optional(421)) << strange;
    EXPECT_EQ(turned_away({.method = "GET"}, {"127.0.0.1", {}})->status, 421) << "no Host at all";
}

TEST(PageGuard, WhereItListensEverywhereAnyAddressWillDoButNoName) {  // [agent-32]
    for (const auto* listen : {"0.0.0.0", "::"}) {
        const PageHosts hosts{listen, {}};
        EXPECT_TRUE(names_page("10.1.2.3:8480", hosts));
        EXPECT_TRUE(names_page("[fe80::1]:8480", hosts));
        EXPECT_FALSE(names_page("evil.example:8480", hosts));
        EXPECT_FALSE(names_page("10.1.2.3.evil.example", hosts));
    }
}

TEST(PageGuard, OnlyReads) {  // [agent-32]
    EXPECT_EQ(status_of("localhost", "HEAD"), std::nullopt);
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", ""})
        EXPECT_EQ(status_of("localhost", method), std::optional(405)) << method;
}

TEST(PageGuard, RefusesLongQuestions) {  // [agent-32]
    EXPECT_EQ(status_of("localhost", "GET", kQueryBytesMax - 1), std::nullopt);
    EXPECT_EQ(status_of("localhost", "GET", kQueryBytesMax), std::optional(414));
}

TEST(PageGuard, TellsTheBrowserToRunNothingElse) {  // [agent-32]
    std::map<std::string, std::string> headers;
    for (const auto& [name, value] : guarding_headers()) headers[name] = value;
    EXPECT_EQ(headers["Content-Security-Policy"],
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
              "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    EXPECT_EQ(headers["X-Content-Type-Options"], "nosniff");
    EXPECT_EQ(headers["Referrer-Policy"], "same-origin");
    EXPECT_EQ(headers["Cache-Control"], "no-store");
    EXPECT_EQ(headers["Permissions-Policy"], "camera=(self), microphone=(), geolocation=(), payment=(), usb=()");
    EXPECT_EQ(headers["Cross-Origin-Opener-Policy"], "same-origin");
    EXPECT_EQ(headers["Cross-Origin-Resource-Policy"], "same-origin");
}

}  // namespace
}  // namespace tillkeeper::agent
