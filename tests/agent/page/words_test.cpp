// The texts of the page, and how each language writes what stands in them.
#include "agent/page/words.h"

#include <cjson/cJSON.h>
#include <gmock/gmock.h>

#include <memory>
#include <set>

#include "agent/page/embedded.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;
using Names = std::set<std::string>;

Document file_of(std::string_view language) {
    const auto text = embedded_file(std::string(language) + ".json");
    return Document(cJSON_ParseWithLength(text.data(), text.size()));
}

Names placeholders(std::string_view text) {
    Names out;
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1))
        out.emplace(text.substr(open, text.find('}', open) - open + 1));
    return out;
}

// Of a text, or of each of its plural forms.
std::map<std::string, Names> forms_of(const cJSON* node) {
    if (cJSON_IsString(node)) return {{"", placeholders(node->valuestring)}};
    std::map<std::string, Names> out;
    const cJSON* form = nullptr;
    cJSON_ArrayForEach(form, node) out[form->string] = placeholders(cJSON_IsString(form) ? form->valuestring : "");
    return out;
}

std::map<std::string, std::map<std::string, Names>> texts_of(std::string_view language) {
    std::map<std::string, std::map<std::string, Names>> out;
    const auto root = file_of(language);
    const cJSON* node = nullptr;
    cJSON_ArrayForEach(node, root.get()) {
        EXPECT_FALSE(out.contains(node->string)) << node->string << " twice in " << language;
        out[node->string] = forms_of(node);
    }
    return out;
}

TEST(PageWords, SayTheSameInEveryLanguage) {  // [agent-31]
    const auto english = texts_of("en");
    ASSERT_GT(english.size(), 100U);
    for (const auto& [key, forms] : english) {
        if (forms.size() == 1) continue;
        EXPECT_EQ(forms.size(), 2U) << key;
        EXPECT_TRUE(forms.contains("one") && forms.contains("other")) << key;
        EXPECT_TRUE(forms.at("other").contains("{count}")) << key;
    }
    for (const auto language : kLanguages) {
        const auto texts = texts_of(language);
        for (const auto& [key, forms] : english) {
            ASSERT_TRUE(texts.contains(key)) << key << " is missing in " << language;
            EXPECT_EQ(texts.at(key), forms) << key << " has other placeholders or forms in " << language;
        }
        EXPECT_EQ(texts.size(), english.size()) << language << " has a key of its own";
    }
}

TEST(PageWords, HavePluralForms) {  // [agent-31]
    EXPECT_EQ(Words::in("en").counted("safe", 1), "1 sale is safe on this box.");
    EXPECT_EQ(Words::in("en").counted("safe", 0), "0 sales are safe on this box.");
    EXPECT_EQ(Words::in("fr").counted("safe", 0), "0 vente est en sécurité sur ce boîtier.");
    EXPECT_EQ(Words::in("de").counted("safe", 1234), "1.234 Verkäufe liegen sicher auf dieser Box.");
}

TEST(PageWords, FillEachPlaceholderOnce) {
    const auto words = Words::in("en");
    EXPECT_EQ(words.text("receipt.of", {{"receipt", "{till}"}, {"till", "t"}}), "Receipt {till}, t");
    EXPECT_EQ(words.text("no.such.key"), "[no.such.key]");
    EXPECT_EQ(Words::in("tlh").language(), "en");
}

TEST(PageForms, NumbersAndMoneyAsTheLanguageWritesThem) {
    EXPECT_EQ(Words::in("en").number(-1234567), "-1,234,567");
    EXPECT_EQ(Words::in("es").number(1234), "1234");
    EXPECT_EQ(Words::in("es").number(12345), "12.345");
    EXPECT_EQ(Words::in("fr").number(1234), "1\u202F234");
    EXPECT_EQ(Words::in("it").number(999), "999");
    EXPECT_EQ(Words::in("de").number(std::numeric_limits<std::int64_t>::min()), "-9.223.372.036.854.775.808");
    EXPECT_EQ(Words::in("de").money(123450, "EUR"), "1.234,50\u00A0€");
    EXPECT_EQ(Words::in("en").money(123450, "GBP"), "£1,234.50");
    EXPECT_EQ(Words::in("en").money(-5, "CHF"), "-CHF\u00A00.05");
    EXPECT_EQ(Words::in("fr").money(-255, "EUR"), "-2,55\u00A0€");
    EXPECT_EQ(Words::in("it").money(500, "JPY"), "500\u00A0¥");
    EXPECT_EQ(Words::in("en").money(1234567, "KWD"), "KWD\u00A01,234.567");
}

TEST(PageForms, TimesAreTheStoresOwn) {
    const auto now = *parse_rfc3339("2026-11-21T12:00:00Z");
    const auto before = *parse_rfc3339("2026-11-20T23:42:00Z");
    const Zone utc = [](WallTime) { return 0h; };
    const Zone berlin = [](WallTime) { return 1h; };
    EXPECT_EQ(Words::in("de").moment(before, now, berlin), "00:42") << "there it is the same day";
    EXPECT_EQ(Words::in("de").moment(before, now, utc), "20.11. 23:42");
    EXPECT_EQ(Words::in("en").moment(before, now, utc), "20 Nov, 23:42");
    EXPECT_EQ(Words::in("fr").moment(before - 24h * 18, now, utc), "23:42 (02/11)");
    const Zone summer = [&](WallTime time) { return time < now ? 2h : 1h; };
    EXPECT_EQ(Words::in("it").moment(now - 1s, now, summer), "13:59") << "by the offset of its own moment";
}

TEST(PageForms, DurationsByTheirLargestUnit) {
    const auto words = Words::in("en");
    EXPECT_EQ(words.duration(411h), "17 days");
    EXPECT_EQ(words.duration(47h), "47 hours");
    EXPECT_EQ(words.duration(119min), "119 minutes");
    EXPECT_EQ(words.duration(60s), "1 minute");
    EXPECT_EQ(words.duration(59s), "less than a minute");
}

}  // namespace
}  // namespace tillkeeper::agent
