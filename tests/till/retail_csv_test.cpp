#include "tests/till/retail_csv.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/till/retail_days.h"

namespace tillkeeper::till {
namespace {

constexpr const char* kHeader = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n";

class RetailFile : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "till-csv-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string written(const std::string& text) {
        std::ofstream(folder_ + "/sales.csv", std::ios::binary) << text;
        return folder_ + "/sales.csv";
    }
    static std::vector<Transaction> all_of(RetailCsv& csv, std::size_t tills = 1) {
        std::vector<Transaction> out;
        for (std::size_t till = 0; till < tills; ++till)
            while (auto sale = csv.next(till)) out.push_back(std::move(*sale));
        return out;
    }
    static RetailCsv opened(const std::string& path, std::size_t tills = 1, std::int64_t max = -1) {
        auto csv = RetailCsv::open({.path = path, .tills = tills, .sales_max = max});
        if (!csv) throw std::runtime_error(csv.error().message);
        return std::move(*csv);
    }

    std::string folder_;
};

TEST_F(RetailFile, OneInvoiceIsOneTransaction) {
    auto csv = opened(written(std::string(kHeader) +
                              "536365,85123A,\"HEART, \"\"RED\"\"\",6,2010-12-01 08:26:00,2.55,17850.0,UK\r\n"
                              "536365,71053,LANTERN,1,2010-12-01 08:26:00,3.39,17850.0,UK\r\n"
                              "C536366,71053,\"TWO\nLINES\",-2,12/1/2010 9:05,3.39,,UK\r\n"));
    const auto sales = all_of(csv);
    ASSERT_EQ(sales.size(), 2U);
    EXPECT_EQ(sales[0].type, "sale");
    EXPECT_EQ(sales[0].lines[0].description, "HEART, \"RED\"");
    EXPECT_EQ(sales[0].lines[0].amount, 1530);
    EXPECT_EQ(sales[0].total, 1869);
    EXPECT_EQ(sales[0].member_id, "17850");
    EXPECT_EQ(to_rfc3339(sales[0].occurred_at), "2010-12-01T08:26:00Z");
    EXPECT_EQ(sales[1].type, "return");
    EXPECT_EQ(sales[1].lines[0].description, "TWO\nLINES");
    EXPECT_EQ(sales[1].total, -678);
    EXPECT_EQ(sales[1].member_id, "");
    EXPECT_EQ(sales[1].till_sequence, 2);
    EXPECT_EQ(to_rfc3339(sales[1].occurred_at), "2010-12-01T09:05:00Z");
    EXPECT_EQ(csv.odd().count(), 0);
}

TEST_F(RetailFile, FindsColumnsByNameAndDoesWithoutAHeader) {
    auto named =
        opened(written("\xEF\xBB\xBFPrice,Customer ID,Invoice,Quantity,StockCode,InvoiceDate\n"
                       "0.5,12,A1,3,X,2010-12-01 08:26\n"));
    EXPECT_EQ(named.next(0)->total, 150);
    auto bare = opened(written("A1,X,thing,3,2010-12-01 08:26,0.5,12,UK"));
    EXPECT_EQ(bare.next(0)->total, 150);
}

TEST_F(RetailFile, OddRowsAreCountedWithTheirReason) {
    auto csv = opened(written(std::string(kHeader) + "1,X,,1,2010-12-01 08:00:00,1.00,,UK\n"
                                                     "1,X,,one,2010-12-01 08:00:00,1.00,,UK\n"
                                                     "1,X,,1,2010-13-01 08:00:00,1.00,,UK\n"
                                                     "1,X,,1,2010-12-01 08:00:00,1.0.0,,UK\n"
                                                     ",X,,1,2010-12-01 08:00:00,1.00,,UK\n"
                                                     "short\n\n"
                                                     "1,X,,99999999999999999999,2010-12-01 08:00:00,1.00,,UK\n"
                                                     "2,B,bad debt,1,2010-12-01 09:00:00,-11062.06,,UK\n"
                                                     "3,P,\xA3,1,2010-12-01 09:00:00,0.001,,UK\n"));
    const auto sales = all_of(csv);
    ASSERT_EQ(sales.size(), 3U);
    EXPECT_EQ(sales[0].lines.size(), 1U);
    EXPECT_EQ(sales[1].total, -1106206);
    EXPECT_EQ(sales[2].total, 0);
    EXPECT_TRUE(sales[2].tenders.empty());
    EXPECT_EQ(sales[2].lines[0].description, "£");
    EXPECT_EQ(csv.odd().count(), 6);
    EXPECT_EQ(csv.odd().by_reason.at("no usable quantity").count, 2);
    EXPECT_EQ(csv.odd().by_reason.at("no usable quantity").first_row, 3);
}

TEST_F(RetailFile, ScatteredInvoicesStayWholeAndTheLimitCountsInvoices) {
    const std::string path = written(std::string(kHeader) +
                                     "1,X,,1,2010-12-01 08:00:00,1.00,,UK\n2,X,,1,2010-12-02 08:00:00,2.00,,UK\n"
                                     "3,X,,1,2010-12-02 08:00:00,4.00,,UK\n1,Y,,1,2010-12-01 08:01:00,8.00,,UK\n");
    auto csv = opened(path, 1, 2);
    const auto sales = all_of(csv);
    ASSERT_EQ(sales.size(), 2U);
    EXPECT_EQ(sales[0].receipt, "2");
    EXPECT_EQ(sales[1].total, 900);
    EXPECT_EQ(*expected_by_day(path, 2), (AmountsByDay{{"2010-12-01", 900}, {"2010-12-02", 200}}));
    EXPECT_EQ(*expected_by_day(path, -1), (AmountsByDay{{"2010-12-01", 900}, {"2010-12-02", 600}}));
}

TEST_F(RetailFile, DamagedFilesAreToldOf) {
    EXPECT_EQ(RetailCsv::open({.path = folder_ + "/none"}).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(RetailCsv::open({.path = folder_}).error().code, ErrorCode::kNotFound);
    const std::string path = folder_ + "/cut.gz";
    gzFile file = gzopen(path.c_str(), "wb");
    for (int i = 0; i < 50'000; ++i)
        gzprintf(file, "%d,X,,1,2010-12-01 08:00:00,%d.%02d,,UK\n", i, i * 7 % 931, i % 97);
    gzclose(file);
    auto whole = opened(path, 2);
    EXPECT_EQ(whole.invoices(), 50'000);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    EXPECT_EQ(RetailCsv::open({.path = path}).error().code, ErrorCode::kCorrupt);
}

TEST(ExactDecimal, IsExact) {
    EXPECT_EQ(exact_decimal("2.55", 4), 25'500);
    EXPECT_EQ(exact_decimal("-0.001", 4), -10);
    EXPECT_EQ(exact_decimal(".5", 3), 500);
    EXPECT_EQ(exact_decimal("7.", 1), 70);
    EXPECT_EQ(exact_decimal("1.23455", 4), 12'346);
    for (const char* wrong : {"", ".", "-", "1e3", "1,5", "0x1", "1.2.3", "9223372036854775808"})
        EXPECT_FALSE(exact_decimal(wrong, 4)) << wrong;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // a minute there, three seconds here
// The real file, where it is: see retail_shape.h for its source. Elsewhere this test has nothing to say.
TEST(RealSales, TheWholeFileAddsUp) {
    const char* named = std::getenv("TILLKEEPER_RETAIL_CSV");
    const std::string path =
        named != nullptr ? named : TILLKEEPER_SOURCE_DIR "/../shared/data/online_retail_2010-12_to_2011-09.csv.gz";
    if (!std::filesystem::exists(path)) return;
    auto csv = RetailCsv::open({.path = path, .tills = 8});
    ASSERT_TRUE(csv);
    AmountsByDay days;
    std::int64_t count = 0;
    for (std::size_t till = 0; till < 8; ++till)
        while (auto sale = csv->next(till)) {
            days[sale->business_day()] += *sale->total;
            ++count;
        }
    EXPECT_EQ(count, csv->invoices());
    EXPECT_EQ(csv->odd().count(), 0);
    EXPECT_EQ(days, *expected_by_day(path, -1));
}
#endif

}  // namespace
}  // namespace tillkeeper::till
