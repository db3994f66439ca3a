// The page in every state and language. What it looks like: tests/agent/page/gallery.
#include "agent/page/view.h"

#include <gmock/gmock.h>

#include <regex>

#include "agent/contract/problem_type.h"
#include "agent/page/embedded.h"
#include "tests/agent/page/page_states.h"
#include "tests/agent/page/sheet_states.h"

namespace tillkeeper::agent {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string english(const std::string& state) {
    return render_page(page_state(state), Words::in("en"));
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

// Elements open and close in pairs, as the browsers of old tablets like it.
void expect_well_formed(const std::string& html, const std::string& where) {
    const std::regex tag("<(/?)([a-z0-9]+)[^>]*>");
    const std::set<std::string> single{"meta", "link", "input", "br"};
    std::vector<std::string> open;
    for (std::sregex_iterator each(html.begin(), html.end(), tag), end; each != end; ++each) {
        const std::string name = (*each)[2];
        if (single.contains(name)) continue;
        if ((*each)[1].length() == 0) {
            open.push_back(name);
        } else {
            ASSERT_FALSE(open.empty()) << where;
            EXPECT_EQ(open.back(), name) << where;
            open.pop_back();
        }
    }
    EXPECT_TRUE(open.empty()) << where;
}

// [agent-31] [agent-8]
TEST(PageView, IsWholeInEveryStateAndLanguage) {
    for (const auto language : kLanguages) {
        for (const auto& [name, facts] : page_states()) {
            const auto html = render_page(facts, Words::in(language));
            const auto where = name + " in " + std::string(language);
            expect_well_formed(html, where);
            EXPECT_EQ(count(html, "<h1>"), 1U) << where;
            EXPECT_THAT(html, HasSubstr("<html lang=\"" + std::string(language) + '"')) << where;
            EXPECT_THAT(html, AllOf(HasSubstr("<main "), HasSubstr("<header>"), HasSubstr("<nav "),
                                    HasSubstr("aria-live=\"polite\"")))
                << where;
            EXPECT_THAT(html, Not(testing::ContainsRegex("[[][a-z_]+[.][a-z_.]+]")))
                << where << ": a key that is not there";
            std::string shown = html;
            if (const auto silence = shown.find("data-text="); silence != std::string::npos)
                shown.erase(silence, shown.find('>', silence) - silence);
            EXPECT_THAT(shown, Not(HasSubstr("{"))) << where << ": a placeholder that nobody filled";
            EXPECT_THAT(html, HasSubstr(render_view(facts, Words::in(language)))) << where;
            const auto bytes = html.size() + embedded_file("page.css").size() + embedded_file("page.js").size();
            EXPECT_LE(bytes, 100U * 1024) << where;
        }
    }
}

// [agent-31] [agent-32]
TEST(PageView, SheetsAreWholeInEveryLanguage) {
    for (const auto language : kLanguages) {
        for (const auto& [name, html] : sheet_states(Words::in(language))) {
            const auto where = name + " in " + std::string(language);
            expect_well_formed(html, where);
            EXPECT_EQ(count(html, "<h1>"), 1U) << where;
            EXPECT_THAT(html, Not(testing::ContainsRegex("[[][a-z_]+[.][a-z_.-]+]"))) << where;
            EXPECT_THAT(html, Not(HasSubstr("http-equiv"))) << where << ": what is typed would be lost";
            EXPECT_FALSE(std::regex_search(html, std::regex("<style| style=| on[a-z]+=|javascript:|https?://")))
                << where;
            EXPECT_EQ(count(html, "method=\"post\""),
                      count(html, "name=\"token\"") + count(html, "action=\"/sign-in\""))
                << where << ": each form has its token";
            EXPECT_LE(html.size() + embedded_file("page.css").size() + embedded_file("page.js").size(), 100U * 1024)
                << where;
        }
    }
}

TEST(PageView, EachProblemHasPlainWords) {  // [agent-31]
    const auto words = Words::in("en");
    // What is refused never waits, but these three a repair can run into.
    for (const std::string type : {"malformed", "too-large", "card-number"}) EXPECT_TRUE(words.has("reason." + type));
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_TRUE(words.has("reason." + std::string(kProblemTypes[i]))) << kProblemTypes[i];
}

// [agent-32]
TEST(PageView, CarriesNoCodeNorStyleOfItsOwn) {
    for (const auto& [name, facts] : page_states()) {
        const auto html = render_page(facts, Words::in("en"));
        EXPECT_EQ(count(html, "<script"), 2U) << name;
        EXPECT_THAT(html,
                    HasSubstr("<script src=\"/page.js\" defer></script><script src=\"/scan.js\" defer></script>"));
        EXPECT_FALSE(std::regex_search(html, std::regex("<style| style=| on[a-z]+=|javascript:|https?://"))) << name;
    }
    auto hostile = page_state("offline");
    hostile.store.store = hostile.store.destinations[0].sync.name = hostile.tills[0].name = hostile.waiting[0].receipt =
        "\"><script>x</script>";
    EXPECT_EQ(count(render_page(hostile, Words::in("en")), "<script"), 2U);
    EXPECT_THAT(english("lost"), AllOf(HasSubstr("value=\"&lt;b&gt;0042-99&lt;/b&gt;\""), HasSubstr("%3Cb%3E0042-99"),
                                       Not(HasSubstr("<b>0042"))));
}

// [agent-8]
TEST(PageView, SaysWhatIsTrueInOneSentence) {
    EXPECT_THAT(
        english("offline"),
        HasSubstr("<span class=\"lead\">Offline since 11:42.</span> Keep selling. 133 sales are safe on this box."));
    EXPECT_THAT(english("online"), HasSubstr("Online.</span> Keep selling. Everything is delivered."));
    auto little = page_state("online");
    little.store.safe = 1;
    EXPECT_THAT(render_page(little, Words::in("en")), HasSubstr("1 sale is on its way."));
    auto held = page_state("online");
    held.store.held = held.store.destinations[0].held = 1;
    const auto but = render_page(held, Words::in("en"));
    EXPECT_EQ(count(but, "Everything is delivered, except what a person must look at."), 2U)
        << "sentence and destination";
    EXPECT_THAT(english("degraded"), HasSubstr("Part of the cloud has not answered since 11:42."));
    EXPECT_THAT(english("starting"),
                AllOf(HasSubstr("This box is starting."), Not(HasSubstr("No system in the cloud"))));
    const auto stopped = english("stopped");
    EXPECT_THAT(stopped, AllOf(HasSubstr("cannot take sales now.</span> Its disk is full."), HasSubstr("state stop"),
                               Not(HasSubstr("Keep selling."))));
    auto cut = page_state("stopped");
    cut.intake = Intake::kNoBus;
    EXPECT_THAT(render_page(cut, Words::in("de")), HasSubstr("Die Verbindung zwischen der Box und den Kassen"));
    EXPECT_THAT(english("untrusted"), HasSubstr("times on this page may be wrong"));
    EXPECT_THAT(english("offline"), Not(HasSubstr("times on this page may be wrong")));
}

// [agent-8]
TEST(PageView, ItsForecastIsTheSlowestsOrNone) {
    EXPECT_THAT(english("catching_up"), AllOf(HasSubstr("<progress max=\"5210\" value=\"3976\""),
                                              HasSubstr("3,976 of 5,210 delivered. About 12 minutes left.")));
    auto unknown = page_state("catching_up");
    unknown.store.destinations[1].eta_s.reset();
    EXPECT_THAT(render_page(unknown, Words::in("en")), HasSubstr("is not known yet."));
    EXPECT_THAT(english("offline"), AllOf(Not(HasSubstr("<progress")), HasSubstr("Another 17 days.")));
    EXPECT_THAT(english("untrusted"), HasSubstr("Not known yet: that takes an hour of sales."));
}

// [agent-8]
TEST(PageView, EachCauseHasPlainWords) {
    std::set<std::string> said;
    for (const auto* cause :
         {"by_staff", "no_link", "no_route", "no_dns", "captive_portal", "tls", "login", "service", "new_one"}) {
        auto facts = page_state("offline");
        facts.store.destinations.resize(1);
        facts.store.destinations[0].sync.cause = cause;
        const auto html = render_page(facts, Words::in("en"));
        const auto at = html.find("Does not answer</span></p><p>");
        ASSERT_NE(at, std::string::npos) << cause;
        said.insert(html.substr(at, html.find("</p><", at + 30) - at));
    }
    EXPECT_EQ(said.size(), 9U);
}

// [agent-11]
TEST(PageView, NamesMissingNumbersAndWrongClocks) {
    const auto html = english("degraded");
    EXPECT_THAT(html, AllOf(HasSubstr("3 numbers are missing: 17, 20–21"), HasSubstr("Its clock is 5 minutes fast")));
    auto many = page_state("degraded");
    many.tills[2].missing = {{1, 1}, {3, 3}, {5, 5}, {7, 9}};
    many.tills[2].missing_count = 6;
    many.tills[3].clock_ahead = -std::chrono::hours(3);
    const auto more = render_page(many, Words::in("en"));
    EXPECT_THAT(more, AllOf(HasSubstr("6 numbers are missing: … 3, 5, 7–9"), HasSubstr("Its clock is 3 hours slow")));
    EXPECT_THAT(english("offline"), AllOf(Not(HasSubstr("is missing")), Not(HasSubstr("Its clock"))));
    many.tills.assign(100, many.tills.front());
    EXPECT_THAT(render_page(many, Words::in("en")), HasSubstr("and 40 more"));
}

// [agent-51]
TEST(PageView, SaysWhatGivesWayFirstAndWhatToDo) {
    auto facts = page_state("online");
    EXPECT_THAT(english("online"), HasSubstr("Another 17 days. The limit is its disk."));
    for (const auto limit :
         {RunwayLimit::kDisk, RunwayLimit::kCertificate, RunwayLimit::kLogin, RunwayLimit::kPrices}) {
        facts.store.runway = {1, limit};
        for (const auto language : kLanguages) {
            const auto words = Words::in(language);
            const std::string word(to_string(limit));
            EXPECT_TRUE(words.has("runway.by." + word) && words.has("runway.do." + word)) << language << ' ' << word;
        }
    }
    facts.store.runway = {0, RunwayLimit::kPrices};
    EXPECT_THAT(render_page(facts, Words::in("en")), AllOf(HasSubstr("Less than an hour. The limit is the prices"),
                                                           HasSubstr("Go on selling at the prices")));
    facts.store.runway = {24 * 366, RunwayLimit::kDisk};
    EXPECT_THAT(render_page(facts, Words::in("en")), HasSubstr("More than a year."));
}

// [agent-70]
TEST(PageView, ShowsOutagesAsATimelineAndAsATable) {
    const auto html = english("offline");
    EXPECT_EQ(count(html, "class=\"band\""), 7U);
    EXPECT_THAT(html, AllOf(HasSubstr("aria-label=\"15 Nov: 1 outage\""), HasSubstr("aria-label=\"20 Nov: 1 outage\""),
                            HasSubstr("aria-label=\"17 Nov: 0 outages\"")));
    EXPECT_THAT(html, HasSubstr("<rect class=\"whole\" x=\"702\" y=\"0\" width=\"23\" height=\"12\"></rect>"));
    EXPECT_THAT(html, HasSubstr("<rect class=\"part\" x=\"605\" y=\"6\" width=\"60\" height=\"6\"></rect>"));
    EXPECT_THAT(html,
                HasSubstr("<th scope=\"row\">since 11:42<p class=\"hint\">The line to the internet is down.</p></th>"
                          "<td>23 minutes</td><td>133</td>"));
    auto many = page_state("offline");
    many.outages.assign(13, many.outages.back());
    EXPECT_THAT(render_page(many, Words::in("en")), HasSubstr("and 3 earlier ones"));
    many.outages.clear();
    EXPECT_THAT(render_page(many, Words::in("en")), HasSubstr("None: every system could be reached"));
}

// [agent-33]
TEST(PageView, ShowsTodayByTheHour) {
    const auto html = english("offline");
    EXPECT_THAT(html, HasSubstr("<th scope=\"row\">11:00</th><td>48 · €1,112.16</td><td>18 · €417.06</td>"));
    EXPECT_EQ(count(html, "class=\"bars\""), 2U) << "how many, and what they were worth";
    auto mixed = page_state("offline");
    mixed.sales->currency.clear();
    const auto without = render_page(mixed, Words::in("en"));
    EXPECT_THAT(without, AllOf(HasSubstr("<td>48</td><td>18</td>"), Not(HasSubstr("€"))));
    EXPECT_THAT(english("untrusted"), AllOf(HasSubstr("still being counted"), HasSubstr("</td><td>–</td>")));
    EXPECT_THAT(english("online"), HasSubstr("No sale yet."));
}

TEST(PageView, NamesWhatWasBookedLast) {
    EXPECT_THAT(english("online"), HasSubstr("<dt>Booked last</dt><dd>SO-2026-0017</dd>"));
}

TEST(PageView, ShowsAReceiptsLamps) {
    EXPECT_THAT(
        english("found"),
        AllOf(HasSubstr("Receipt 0042-07-48211, till-7"), HasSubstr("Safe on this box since 11:42"),
              HasSubstr("<b>erp</b><br>Booked under number SO-2026-0017"), HasSubstr("<b>oms</b><br>On its way"),
              HasSubstr("<b>crm</b><br>A person must look at it first")));
    EXPECT_THAT(english("lost"), AllOf(HasSubstr("No receipt with this number"), HasSubstr("character by character")));
    EXPECT_THAT(english("online"), HasSubstr("<section id=\"answer\" hidden></section>"));
}

}  // namespace
}  // namespace tillkeeper::agent
