#include "agent/page/html.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

TEST(PageHtml, EscapesTextAndValuesAndClosesWhatItOpens) {
    Html html;
    {
        const auto outer = html.in("div", {{"class", "a\"><script>"}, {"hidden", ""}});
        html.leaf("p", {}, "<b>&'\"\x01\nä");
        html.single("br", {});
        html.text("</div>");
    }
    EXPECT_EQ(
        std::move(html).take(),
        "<div class=\"a&quot;&gt;&lt;script&gt;\" hidden><p>&lt;b&gt;&amp;&#39;&quot;\nä</p><br>&lt;/div&gt;</div>");
}

}  // namespace
}  // namespace tillkeeper::agent
