// How often a card is missed, and how often something else is taken for one. [agent-10]
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "agent/contract/card_number.h"
#include "agent/contract/transaction.h"
#include "tests/agent/contract/identifiers.h"
#include "tests/fakes/sanitized.h"
#include "tests/fakes/seeded_random.h"
#include "tests/till/retail_csv.h"
#include "tests/till/sales_generator.h"

namespace tillkeeper::agent {
namespace {

struct Rate {
    int wrong = 0;
    int all = 0;
    std::string example;

    void count(bool is_wrong, const std::string& text) {
        ++all;
        if (!is_wrong) return;
        ++wrong;
        example = text;
    }
    [[nodiscard]] double share() const { return static_cast<double>(wrong) / all; }
    void print(std::string_view what, std::string_view kind) const {
        std::printf("%-10s %-24.*s %5.2f %% of %d%s%s\n", std::string(what).c_str(), static_cast<int>(kind.size()),
                    kind.data(), 100 * share(), all, wrong > 0 ? ", as " : "", example.c_str());
    }
};

// Thirteen digits that are also a right article number are taken for one: one in ten, and nobody issues such cards.
TEST(CardRates, CardsOfAllSchemesAreFoundInEveryForm) {
    fakes::SeededRandom random(10);
    for (const CardScheme& scheme : card_schemes()) {
        Rate missed;
        for (int i = 0; i < 4000; ++i) {
            const std::size_t length = scheme.lengths[random.below(scheme.lengths.size())];
            const std::string text = written(random_card(scheme, length, random), random);
            missed.count(!contains_card_number(text, "note"), text);
        }
        missed.print("missed", scheme.name);
        EXPECT_LE(missed.share(), scheme.lengths.front() == 13 ? 0.12 : 0.0) << scheme.name << " " << missed.example;
    }
}

// In a transaction, as text, number or name of a member, a card is refused whatever else there is.
TEST(CardRates, CardsAreRefusedWhereverTheyStand) {
    fakes::SeededRandom random(11);
    Rate taken;
    for (int i = 0; i < 3000; ++i) {
        const CardScheme& scheme = card_schemes()[random.below(card_schemes().size())];
        const std::string card = random_card(scheme, scheme.lengths.back(), random);
        if (card.size() == 13) continue;
        const std::string fields = R"("type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z")";
        const std::array<std::string, 6> bodies{
            R"({"id":"a-1",)" + fields + R"(,"x":)" + card + "}",
            R"({"id":"a-1",)" + fields + R"(,"tenders":[{"type":"card","amount":1,"pan":")" + card + R"("}]})",
            R"({"id":"a-1",)" + fields + R"(,"y":{"z":[[")" + written(card, random) + R"("]]}})",
            R"({"id":"a-1",)" + fields + R"(,")" + card + R"(":1})",
            R"({"id":")" + card + R"(",)" + fields + "}",
            R"({"id":"a-1",)" + fields + R"(,"sku":"\u003)" + card.substr(0, 1) + card.substr(1) + R"("})"};
        const std::string& body = bodies[random.below(bodies.size())];
        const auto examined = examine_transaction("till-1", body);
        const bool refused = examined.refusal == Refusal::kContainsCardNumber && examined.entry.body.empty();
        taken.count(!refused && body.find('\t') == std::string::npos, body);  // a raw tab is no JSON
    }
    taken.print("taken", "cards in transactions");
    EXPECT_EQ(taken.wrong, 0) << taken.example;
}

TEST(CardRates, OtherNumbersAreLeftAlone) {
    fakes::SeededRandom random(12);
    std::map<std::string_view, Rate> mistaken;
    for (int i = 0; i < 8'000; ++i)
        for (const auto& [kind, member, text] : random_identifiers(random))
            mistaken[kind].count(contains_card_number(text, member), text);
    for (const auto& [kind, rate] : mistaken) {
        rate.print("mistaken", kind);
        EXPECT_LE(rate.share(), 0.0005) << kind << " " << rate.example;
    }
}

Rate refused_of(till::SalesSource& source, std::size_t tills) {
    Rate refused;
    for (std::size_t till = 0; till < tills; ++till)
        while (const auto sale = source.next(till)) {
            const std::string body = to_json(*sale);
            refused.count(examine_transaction("till-1", body).refusal.has_value(), body);
        }
    return refused;
}

TEST(CardRates, NoOrdinarySaleIsRefused) {
    till::SalesGenerator generator({.tills = 2, .transactions = 2'000});
    const Rate generated = refused_of(generator, 2);
    generated.print("refused", "generated sales");
    EXPECT_EQ(generated.wrong, 0) << generated.example;
    if (fakes::kSanitized) return;  // a minute there
    const char* named = std::getenv("TILLKEEPER_RETAIL_CSV");
    const std::string path =
        named != nullptr ? named : TILLKEEPER_SOURCE_DIR "/../shared/data/online_retail_2010-12_to_2011-09.csv.gz";
    if (!std::filesystem::exists(path)) return;
    auto csv = till::RetailCsv::open({.path = path, .tills = 1});
    ASSERT_TRUE(csv);
    const Rate real = refused_of(*csv, 1);
    real.print("refused", "real sales");
    EXPECT_EQ(real.wrong, 0) << real.example;
}

}  // namespace
}  // namespace tillkeeper::agent
