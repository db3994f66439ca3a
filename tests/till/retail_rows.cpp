#include "tests/till/retail_rows.h"

#include <cctype>
#include <charconv>
#include <string_view>
#include <utility>

namespace tillkeeper::till {
namespace {

constexpr std::int64_t kQuantityMilliMax = 1'000'000'000;  // a million pieces
constexpr std::int64_t kPriceE4Max = 9'000'000'000;        // 900,000 pounds: their product fits 63 bits
constexpr std::size_t kInvoiceBytesMax = 32;
constexpr std::size_t kSkuBytesMax = 64;

std::int64_t rounded_quotient(std::int64_t value, std::int64_t divisor) {
    const std::int64_t half = divisor / 2;
    return (value < 0 ? value - half : value + half) / divisor;
}

std::string trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(" \t") - from + 1));
}

// Letters and digits in lower case: "Customer ID" and "CustomerID" are one.
std::string plain_name(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

// Reads numbers off the front of a text, and the separators between them.
class Numbers {
  public:
    explicit Numbers(std::string_view text) : text_(text) {}

    int number() {
        int value = -1;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        good_ = good_ && error == std::errc() && value >= 0;
        text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
        return value;
    }
    bool separator(std::string_view one_of) {
        if (text_.empty() || one_of.find(text_.front()) == std::string_view::npos) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view one_of) { good_ = separator(one_of) && good_; }
    [[nodiscard]] bool good_and_done() const { return good_ && (text_.empty() || text_ == "Z"); }

  private:
    std::string_view text_;
    bool good_ = true;
};

}  // namespace

std::optional<std::int64_t> exact_decimal(std::string_view text, int decimals) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || text == ".") return std::nullopt;
    std::int64_t value = 0;
    int after = -1;  // digits after the point; -1 before it
    bool round_up = false;
    for (const char c : text) {
        if (c == '.' && after < 0) {
            after = 0;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        if (after == decimals) {
            round_up = c >= '5';
            ++after;
        }
        if (after > decimals) continue;
        if (after >= 0) ++after;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, c - '0', &value))
            return std::nullopt;
    }
    for (int i = after < 0 ? 0 : after; i < decimals; ++i)
        if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
    if (round_up) ++value;
    return negative ? -value : value;
}

std::optional<WallTime> retail_time(std::string_view text) {
    Numbers numbers(text);
    int year = numbers.number();
    int month = 0;
    int day = 0;
    if (numbers.separator("/")) {
        month = year;
        day = numbers.number();
        numbers.expect("/");
        year = numbers.number();
    } else {
        numbers.expect("-");
        month = numbers.number();
        numbers.expect("-");
        day = numbers.number();
    }
    numbers.expect(" T");
    const int hour = numbers.number();
    numbers.expect(":");
    const int minute = numbers.number();
    const int second = numbers.separator(":") ? numbers.number() : 0;
    const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!numbers.good_and_done() || !date.ok() || year < 1970 || year > 9999 || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

std::int64_t RetailRow::amount() const {
    return rounded_quotient(quantity_milli * price_e4, 100'000);
}

std::int64_t RetailRow::unit_price() const {
    return rounded_quotient(price_e4, 100);
}

std::int64_t OddRows::count() const {
    std::int64_t sum = 0;
    for (const auto& [reason, seen] : by_reason) sum += seen.count;
    return sum;
}

Result<RetailRows> RetailRows::open(const std::string& path) {
    auto rows = CsvRows::open(path);
    if (!rows) return std::unexpected(std::move(rows.error()));
    return RetailRows(std::move(*rows));
}

// True when the first row names the columns; then they are looked up there.
bool RetailRows::take_header() {
    static const std::map<std::string, Column> kNames{
        {"invoiceno", kInvoice},       {"invoice", kInvoice},   {"stockcode", kSku},
        {"description", kDescription}, {"quantity", kQuantity}, {"invoicedate", kDate},
        {"unitprice", kPrice},         {"price", kPrice},       {"customerid", kCustomer}};
    if (!kNames.contains(plain_name(fields_.front())) && exact_decimal(fields_.size() > 3 ? fields_[3] : "", 3))
        return false;
    constexpr std::size_t kAbsent = SIZE_MAX;
    std::array<std::size_t, kColumns> places;
    places.fill(kAbsent);
    for (std::size_t i = 0; i < fields_.size(); ++i)
        if (const auto name = kNames.find(plain_name(fields_[i])); name != kNames.end()) places[name->second] = i;
    if (places[kInvoice] == kAbsent && places[kQuantity] == kAbsent) return false;
    places_ = places;
    return true;
}

Result<bool> RetailRows::next(RetailRow& row) {
    while (true) {
        const auto more = rows_.next(fields_);
        if (!more || !*more) return more;
        if (rows_.row() == 1 && take_header()) continue;
        const char* fault = understand(row);
        if (fault == nullptr) return true;
        auto& seen = odd_.by_reason[fault];
        if (seen.count++ == 0) seen.first_row = rows_.row();
    }
}

// What is wrong with the row, or nothing.
const char* RetailRows::understand(RetailRow& row) const {
    const auto field = [&](Column column) {
        return places_[column] < fields_.size() ? trimmed(fields_[places_[column]]) : std::string();
    };
    row.invoice = field(kInvoice);
    if (row.invoice.empty() || row.invoice.size() > kInvoiceBytesMax) return "no usable invoice number";
    row.sku = field(kSku);
    if (row.sku.empty() || row.sku.size() > kSkuBytesMax) return "no usable stock code";
    const auto quantity = exact_decimal(field(kQuantity), 3);
    if (!quantity || *quantity > kQuantityMilliMax || *quantity < -kQuantityMilliMax) return "no usable quantity";
    const auto price = exact_decimal(field(kPrice), 4);
    if (!price || *price > kPriceE4Max || *price < -kPriceE4Max) return "no usable price";
    const auto time = retail_time(field(kDate));
    if (!time) return "no usable date";
    row.quantity_milli = *quantity;
    row.price_e4 = *price;
    row.time = *time;
    row.description = field(kDescription);
    row.customer = field(kCustomer);
    if (row.customer.ends_with(".0")) row.customer.resize(row.customer.size() - 2);
    return nullptr;
}

}  // namespace tillkeeper::till
