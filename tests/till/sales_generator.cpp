#include "tests/till/sales_generator.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tests/till/catalogue.h"
#include "till/uuid_v7.h"

namespace tillkeeper::till {
namespace {

constexpr std::size_t kRecentSales = 16;
constexpr std::int64_t kOpens = 5 * 3600 + 1800;
constexpr std::int64_t kCloses = 21 * 3600;
// Shares of what a till does besides selling and taking back; the source data does not tell them.
constexpr double kVoidShare = 0.004;
constexpr double kExchangeShare = 0.006;
constexpr double kCashMovementShare = 0.004;
// For bodies of a wished size: what a sale and a line of it cost, and how much busier such days are.
constexpr std::size_t kBytesOfSale = 363;
constexpr std::size_t kBytesOfLine = 97;
constexpr std::int64_t kBusyDays = 40;

std::string two_digits(std::size_t number) {
    return number < 10 ? "0" + std::to_string(number) : std::to_string(number);
}

std::int64_t second_of_day(Random& random) {
    constexpr int kAll = std::accumulate(shape::kSalesPerHour.begin(), shape::kSalesPerHour.end(), 0);
    auto left = static_cast<int>(random.below(kAll));
    int hour = shape::kFirstHour;
    for (const int sales : shape::kSalesPerHour) {
        if (left < sales) break;
        left -= sales;
        ++hour;
    }
    return hour * 3600 + static_cast<std::int64_t>(random.below(3600));
}

Line line_of(int rank, std::int64_t pieces) {
    const Money price = price_of(rank);
    return {sku_of(rank), description_of(rank), pieces * 1000, price, pieces * price};
}

Line taken_back(Line line, std::int64_t pieces) {
    const std::int64_t sold = line.quantity_milli / 1000;
    line.quantity_milli = -std::min(pieces, sold) * 1000;
    line.amount = line.unit_price * line.quantity_milli / 1000;
    return line;
}

bool is_reduced(const Line& line) {
    return is_reduced_rate((std::stoi(line.sku) - 20000) / 17);
}

}  // namespace

SalesGenerator::SalesGenerator(GeneratorOptions options) : options_(std::move(options)) {
    const auto tills = static_cast<std::int64_t>(options_.tills);
    for (std::int64_t i = 0; i < tills; ++i) {
        fakes::SeededRandom spread(options_.seed * 0x100000001B3U + static_cast<std::uint64_t>(i));
        TillState till{.number = static_cast<std::size_t>(i) + 1,
                       .random = fakes::SeededRandom(spread.next()),
                       .plan = {},
                       .recent_sales = {},
                       .picked_in = std::vector<std::int64_t>(shape::kSkus, -1)};
        till.left = options_.transactions / tills + (i < options_.transactions % tills ? 1 : 0);
        tills_.push_back(std::move(till));
    }
}

std::optional<Transaction> SalesGenerator::next(std::size_t index) {
    TillState& till = tills_.at(index);
    if (till.left == 0) return std::nullopt;
    --till.left;
    while (till.plan.empty()) plan_day(till);
    const Slot slot = till.plan.front();
    till.plan.pop_front();

    Transaction out = begin(till, slot);
    if (slot.what == Slot::What::kOpen) {
        out.type = "till_opened";
    } else if (slot.what == Slot::What::kClose) {
        out.type = "till_closed";
    } else {
        trade(till, out);
        settle(till, out);
    }
    return out;
}

// The store's day has the same number of sales for every till that asks; each takes its share.
void SalesGenerator::plan_day(TillState& till) const {
    ++till.day;
    const std::chrono::weekday weekday(options_.first_day + std::chrono::days(till.day));
    if (weekday == std::chrono::Saturday) return;

    fakes::SeededRandom of_day(options_.seed ^ static_cast<std::uint64_t>(till.day) * 0x9E3779B97F4A7C15U);
    const auto sixteenth = of_day.below(shape::kSalesPerDay.size() - 1);
    const std::int64_t low = shape::kSalesPerDay[sixteenth];
    const std::int64_t high = shape::kSalesPerDay[sixteenth + 1];
    std::int64_t sales = low + static_cast<std::int64_t>(of_day.below(static_cast<std::uint64_t>(high - low + 1)));
    if (options_.body_bytes > 0) sales *= kBusyDays;

    const auto tills = static_cast<std::int64_t>(options_.tills);
    const auto place = static_cast<std::int64_t>((till.number + of_day.below(options_.tills)) % options_.tills);
    std::vector<std::int64_t> times(static_cast<std::size_t>(sales / tills + (place < sales % tills ? 1 : 0)));
    for (auto& time : times) time = second_of_day(till.random);
    std::ranges::sort(times);

    const bool frame = !options_.only_sales && options_.body_bytes == 0;
    if (frame) till.plan.push_back({kOpens, Slot::What::kOpen});
    for (const auto time : times) till.plan.push_back({time, Slot::What::kTrade});
    if (frame) till.plan.push_back({kCloses, Slot::What::kClose});
}

Transaction SalesGenerator::begin(TillState& till, const Slot& slot) const {
    Transaction out;
    out.till_sequence = ++till.sequence;
    out.occurred_at = WallTime(options_.first_day + std::chrono::days(till.day)) +
                      std::chrono::seconds(slot.second_of_day) + std::chrono::milliseconds(till.random.below(1000));
    out.id = pos::UuidV7().next(out.occurred_at, till.random);
    out.currency = options_.currency;
    out.receipt = options_.store + "-" + two_digits(till.number) + "-" + std::to_string(out.till_sequence);
    return out;
}

void SalesGenerator::trade(TillState& till, Transaction& out) const {
    if (options_.body_bytes > 0) return sell_sized(till, out);
    double u = till.random.fraction();
    if (!options_.only_sales && (u -= kCashMovementShare) < 0) return move_cash(till, out);
    if (!till.recent_sales.empty()) {
        if ((u -= kVoidShare) < 0) return cancel_last(till, out);
        if ((u -= kExchangeShare) < 0) return exchange(till, out);
        if (u < shape::kReturnShare) return take_back(till, out);
    }
    sell(till, out);
}

int SalesGenerator::pick(TillState& till, bool may_repeat) const {
    int rank = 0;
    for (int tries = 0; tries < 16; ++tries) {
        rank = rank_at(shape::kSkuConcentration, shape::kSkus, till.random.fraction());
        if (may_repeat || till.picked_in[static_cast<std::size_t>(rank)] != till.sequence) break;
    }
    till.picked_in[static_cast<std::size_t>(rank)] = till.sequence;
    return rank;
}

void SalesGenerator::sell(TillState& till, Transaction& out) const {
    out.type = "sale";
    Random& random = till.random;
    const bool known = random.fraction() >= shape::kSaleWithoutMember;
    if (known) out.member_id = member_of(rank_at(shape::kMemberConcentration, shape::kMembers, random.fraction()));

    const int lines = value_at(known ? shape::kLinesOfMember : shape::kLinesWithoutMember, random.fraction());
    const bool repeats = random.fraction() < shape::kSaleWithRepeatedSku;
    const auto& pieces = known ? shape::kPiecesOfMember : shape::kPiecesWithoutMember;
    for (int i = 0; i < lines; ++i) {
        if (repeats && i > 0 && random.fraction() < shape::kRepeatWithin) {
            out.lines.push_back(out.lines[random.below(out.lines.size())]);
            continue;
        }
        const int rank = pick(till, false);
        out.lines.push_back(line_of(rank, value_at(pieces, random.fraction())));
    }
    till.recent_sales.push_back(out);
    if (till.recent_sales.size() > kRecentSales) till.recent_sales.pop_front();
}

void SalesGenerator::sell_sized(TillState& till, Transaction& out) const {
    out.type = "sale";
    out.member_id = member_of(rank_at(shape::kMemberConcentration, shape::kMembers, till.random.fraction()));
    const std::size_t beyond = options_.body_bytes > kBytesOfSale ? options_.body_bytes - kBytesOfSale : 0;
    // Between half a line less and half a line more, so that the average is the wished size.
    const std::size_t lines = std::max<std::size_t>(1, (beyond + till.random.below(kBytesOfLine)) / kBytesOfLine);
    for (std::size_t i = 0; i < lines; ++i)
        out.lines.push_back(line_of(pick(till, false), value_at(shape::kPiecesOfMember, till.random.fraction())));
}

void SalesGenerator::take_back(TillState& till, Transaction& out) const {
    out.type = "return";
    Random& random = till.random;
    const Transaction& sale = till.recent_sales[random.below(till.recent_sales.size())];
    out.refers_to = sale.id;
    out.member_id = sale.member_id;
    const auto wished = static_cast<std::size_t>(value_at(shape::kLinesOfReturn, random.fraction()));
    const std::size_t lines = std::min(wished, sale.lines.size());
    const std::size_t first = random.below(sale.lines.size() - lines + 1);
    for (std::size_t i = 0; i < lines; ++i)
        out.lines.push_back(taken_back(sale.lines[first + i], value_at(shape::kPiecesReturned, random.fraction())));
}

void SalesGenerator::exchange(TillState& till, Transaction& out) const {
    out.type = "exchange";
    const Transaction& sale = till.recent_sales.back();
    out.refers_to = sale.id;
    out.member_id = sale.member_id;
    out.lines.push_back(taken_back(sale.lines.front(), 1));
    out.lines.push_back(line_of(pick(till, true), 1));
}

void SalesGenerator::cancel_last(TillState& till, Transaction& out) const {
    out.type = "void";
    const Transaction& sale = till.recent_sales.back();
    out.refers_to = sale.id;
    out.member_id = sale.member_id;
    for (const auto& line : sale.lines) out.lines.push_back(taken_back(line, line.quantity_milli / 1000));
    till.recent_sales.pop_back();
}

void SalesGenerator::move_cash(TillState& till, Transaction& out) const {
    out.type = "cash_movement";
    const auto notes = static_cast<Money>(till.random.below(40)) - 20;
    out.total = notes * 1000;
    out.tenders.push_back({"cash", *out.total});
}

// Total, taxes and tenders of what has lines.
void SalesGenerator::settle(TillState& till, Transaction& out) const {
    if (out.total) return;
    const Money total = std::accumulate(out.lines.begin(), out.lines.end(), Money{0},
                                        [](Money sum, const Line& line) { return sum + line.amount; });
    out.total = total;
    out.taxes = contained_taxes(out, is_reduced);
    const double u = till.random.fraction();
    const Money voucher = u > 0.95 && total > 1500 ? 1000 : 0;
    if (voucher > 0) out.tenders.push_back({"voucher", voucher});
    if (total != 0) out.tenders.push_back({u < 0.70 ? "card" : "cash", total - voucher});
}

}  // namespace tillkeeper::till
