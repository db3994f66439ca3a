#include "tests/till/sales_generator.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "tests/till/retail_shape.h"

namespace tillkeeper::till {
namespace {

std::vector<Transaction> all_of(GeneratorOptions options) {
    SalesGenerator generator(options);
    std::vector<Transaction> out;
    for (std::size_t till = 0; till < options.tills; ++till)
        while (auto transaction = generator.next(till)) out.push_back(std::move(*transaction));
    return out;
}

Money sum_of(const auto& items) {
    return std::accumulate(items.begin(), items.end(), Money{0},
                           [](Money sum, const auto& item) { return sum + item.amount; });
}

TEST(SalesGenerator, TheSameSeedGivesTheSameSalesWhateverTheOrderOfAsking) {
    SalesGenerator one({.seed = 7, .tills = 2, .transactions = 200});
    SalesGenerator two({.seed = 7, .tills = 2, .transactions = 200});
    SalesGenerator other({.seed = 8, .tills = 2, .transactions = 200});
    std::vector<std::string> first;
    for (int i = 0; i < 100; ++i) {
        first.push_back(to_json(*one.next(0)));
        static_cast<void>(one.next(1));
        EXPECT_NE(to_json(*other.next(0)), first.back());
    }
    EXPECT_FALSE(one.next(0));
    for (const auto& body : first) EXPECT_EQ(to_json(*two.next(0)), body);
}

TEST(SalesGenerator, EverythingAddsUpAndRefersToWhatWas) {
    std::map<std::string, std::int64_t> sequences;
    std::set<std::string> ids;
    std::map<std::string, int> types;
    WallTime last{};
    for (const auto& sale : all_of({.seed = 3, .tills = 3, .transactions = 6000})) {
        EXPECT_TRUE(ids.insert(sale.id).second);
        ++types[sale.type];
        const std::string till = sale.receipt.substr(0, 7);
        EXPECT_EQ(sale.till_sequence, ++sequences[till]);
        if (sale.till_sequence == 1) last = {};
        EXPECT_LT(last, sale.occurred_at + std::chrono::seconds(1));
        last = sale.occurred_at;
        if (sale.type == "till_opened" || sale.type == "till_closed") continue;
        ASSERT_TRUE(sale.total);
        EXPECT_EQ(sum_of(sale.tenders), *sale.total);
        if (sale.type == "cash_movement") continue;
        EXPECT_EQ(sum_of(sale.lines), *sale.total);
        if (sale.type == "sale") {
            EXPECT_LE(sum_of(sale.taxes) * 6, *sale.total + 6);  // 20 % on top is a sixth of the whole
        }
        for (const auto& line : sale.lines) EXPECT_EQ(line.unit_price * line.quantity_milli / 1000, line.amount);
        if (sale.type != "sale") {
            EXPECT_TRUE(ids.contains(sale.refers_to)) << sale.type;
        }
    }
    EXPECT_EQ(ids.size(), 6000U);
    for (const char* type : {"sale", "return", "void", "exchange", "cash_movement", "till_opened", "till_closed"})
        EXPECT_GT(types[type], 0) << type;
}

// The tolerances are some three standard errors of 20,000 sales.
TEST(SalesGenerator, HasTheShapeOfRealSales) {
    double sales = 0, returns = 0, lines = 0, without_member = 0, lines_without = 0, pence = 0, repeated = 0;
    std::size_t most_lines = 0;
    std::size_t largest_body = 0;
    for (const auto& sale : all_of({.seed = 1, .tills = 8, .transactions = 20'000})) {
        if (sale.type == "return") ++returns;
        if (sale.type != "sale") continue;
        ++sales;
        const auto count = static_cast<double>(sale.lines.size());
        lines += count;
        most_lines = std::max(most_lines, sale.lines.size());
        if (sale.lines.size() > 500) largest_body = std::max(largest_body, to_json(sale).size());
        if (sale.member_id.empty()) ++without_member, lines_without += count;
        std::set<std::string> skus;
        for (const auto& line : sale.lines) {
            pence += static_cast<double>(line.unit_price);
            if (!skus.insert(line.sku).second) ++repeated;
        }
    }
    EXPECT_NEAR(lines / sales, shape::kLinesPerSaleMean, 1.5);
    EXPECT_NEAR(returns / (sales + returns), shape::kReturnShare, 0.01);
    EXPECT_NEAR(without_member / sales, shape::kSaleWithoutMember, 0.006);
    EXPECT_NEAR(lines_without / lines, shape::kLinesWithoutMemberShare, 0.03);
    EXPECT_NEAR(pence / lines, 396, 60);
    EXPECT_NEAR(repeated / lines, 0.0153, 0.004);
    EXPECT_GT(most_lines, 700U);
    EXPECT_LT(largest_body, 256U * 1024) << "a till hands over at most 256 KiB";
}

TEST(SalesGenerator, MakesBodiesOfAWishedSize) {
    double bytes = 0;
    const auto all = all_of({.seed = 2, .tills = 2, .transactions = 2000, .body_bytes = 1200});
    for (const auto& sale : all) bytes += static_cast<double>(to_json(sale).size());
    EXPECT_NEAR(bytes / static_cast<double>(all.size()), 1200, 40);
}

TEST(Transaction, IsWrittenAsTheContractSays) {
    Transaction sale;
    sale.id = "a-1";
    sale.type = "sale";
    sale.till_sequence = 4;
    sale.occurred_at = *parse_rfc3339("2026-11-20T10:42:07.120Z");
    sale.receipt = "r";
    sale.lines = {{"B", "say \"hi\"\t\\", -1250, 200, -250}};
    sale.tenders = {{"cash", -250}};
    sale.total = -250;
    EXPECT_EQ(to_json(sale), R"({"id":"a-1","type":"sale","till_sequence":4,"occurred_at":"2026-11-20T10:42:07.120Z",)"
                             R"("business_day":"2026-11-20","currency":"GBP","receipt":"r","lines":[{"sku":"B",)"
                             R"("description":"say \"hi\"\u0009\\","quantity":-1.25,"unit_price":200,"amount":-250}],)"
                             R"("tenders":[{"type":"cash","amount":-250}],"total":-250})");
    EXPECT_EQ(contained_tax(1200, 200), 200);
    EXPECT_EQ(contained_tax(-1200, 200), -200);
}

}  // namespace
}  // namespace tillkeeper::till
