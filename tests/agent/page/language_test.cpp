#include "agent/page/language.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

std::string_view asked(HttpHeaders headers, std::map<std::string, std::string> query = {}) {
    return language_of({.query = std::move(query), .headers = std::move(headers)}, "it");
}

TEST(PageLanguage, APersonsChoiceComesFirst) {
    EXPECT_EQ(asked({{"cookie", "lang=fr"}, {"accept-language", "de"}}, {{"lang", "es"}}), "es");
    EXPECT_EQ(asked({{"cookie", "a=b; lang=fr ; c"}, {"accept-language", "de"}}), "fr");
    EXPECT_EQ(asked({{"cookie", "lang=xx"}, {"accept-language", "de"}}, {{"lang", "../.."}}), "de");
    EXPECT_EQ(asked({}), "it") << "as configured";
    EXPECT_EQ(language_of({}, ""), "en");
}

TEST(PageLanguage, TheBrowsersHeaviestKnownOneIsTaken) {
    EXPECT_EQ(asked({{"accept-language", "nl, en;q=0.3, de-AT;q=0.8, fr;q=0.799"}}), "de");
    EXPECT_EQ(asked({{"accept-language", "de;q=0, *;q=0.5"}}), "it") << "weight 0: not this one";
    EXPECT_EQ(asked({{"accept-language", "ES-mx"}}), "es");
    EXPECT_EQ(asked({{"accept-language", "de;q=1.5,fr;q=x,en;q=0.1"}}), "en");
    EXPECT_EQ(asked({{"accept-language", std::string(5000, ',') + "de"}}), "it");
    EXPECT_EQ(asked({{"accept-language", "fr,de"}}), "fr") << "of two alike the first";
}

TEST(PageLanguage, TheCookieKeepsAChoiceAndNothingElse) {
    const auto cookie = language_cookie({.query = {{"lang", "DE-at"}}});
    EXPECT_EQ(cookie, "lang=de; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly");
    EXPECT_FALSE(language_cookie({.query = {{"lang", "x\r\nSet-Cookie: a=b"}}}));
    EXPECT_FALSE(language_cookie({.headers = {{"accept-language", "de"}}}));
}

}  // namespace
}  // namespace tillkeeper::agent
