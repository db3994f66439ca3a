#include "tests/till/retail_csv.h"

#include <functional>
#include <numeric>
#include <utility>

#include "tests/fakes/seeded_random.h"
#include "till/uuid_v7.h"

namespace tillkeeper::till {
namespace {

// The same on every machine, unlike std::hash (FNV-1a).
std::uint64_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return hash;
}

Transaction begin(const RetailRow& row, std::uint64_t seed) {
    fakes::SeededRandom random(seed ^ stable_hash(row.invoice));
    Transaction out;
    out.type = row.invoice.starts_with('C') ? "return" : "sale";
    out.occurred_at = row.time;
    out.id = pos::UuidV7().next(row.time, random);
    out.receipt = row.invoice;
    out.member_id = row.customer;
    return out;
}

void complete(Transaction& out) {
    const Money total = std::accumulate(out.lines.begin(), out.lines.end(), Money{0},
                                        [](Money sum, const Line& line) { return sum + line.amount; });
    out.total = total;
    out.taxes = contained_taxes(out, [](const Line&) { return false; });
    // The file does not tell how it was paid: who is known has a card.
    if (total != 0) out.tenders.push_back({out.member_id.empty() ? "cash" : "card", total});
}

}  // namespace

RetailCsv::RetailCsv(RetailOptions options, RetailRows rows)
    : options_(std::move(options)), rows_(std::move(rows)), waiting_(options_.tills), sequences_(options_.tills, 0) {}

Result<RetailCsv> RetailCsv::open(RetailOptions options) {
    auto counted = RetailRows::open(options.path);
    if (!counted) return std::unexpected(std::move(counted.error()));
    std::unordered_map<std::string, std::int64_t> lines;
    RetailRow row;
    while (true) {
        const auto more = counted->next(row);
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        if (const auto known = lines.find(row.invoice); known != lines.end())
            ++known->second;
        else if (options.sales_max < 0 || static_cast<std::int64_t>(lines.size()) < options.sales_max)
            lines.emplace(row.invoice, 1);
    }
    auto rows = RetailRows::open(options.path);
    if (!rows) return std::unexpected(std::move(rows.error()));
    RetailCsv csv(std::move(options), std::move(*rows));
    csv.lines_left_ = std::move(lines);
    csv.invoices_left_ = csv.invoices();
    csv.odd_ = counted->odd();
    return csv;
}

std::optional<Transaction> RetailCsv::next(std::size_t till) {
    auto& mine = waiting_.at(till);
    while (mine.empty())
        if (!read_on()) return std::nullopt;
    Transaction out = std::move(mine.front());
    mine.pop_front();
    return out;
}

// One row further; false at the end. The file was read whole before: an error now is an end that the counts will show.
bool RetailCsv::read_on() {
    if (invoices_left_ == 0) return false;
    RetailRow row;
    const auto more = rows_.next(row);
    if (!more || !*more) return false;
    const auto left = lines_left_.find(row.invoice);
    if (left == lines_left_.end()) return true;

    auto [invoice, fresh] = open_.try_emplace(row.invoice);
    if (fresh) invoice->second = begin(row, options_.seed);
    Line line{row.sku, row.description, row.quantity_milli, row.unit_price(), row.amount()};
    invoice->second.lines.push_back(std::move(line));
    if (--left->second > 0) return true;
    Transaction whole = std::move(invoice->second);
    open_.erase(invoice);
    --invoices_left_;
    hand_out(std::move(whole));
    return true;
}

void RetailCsv::hand_out(Transaction transaction) {
    complete(transaction);
    transaction.till_sequence = ++sequences_[turn_];
    waiting_[turn_].push_back(std::move(transaction));
    turn_ = (turn_ + 1) % waiting_.size();
}

}  // namespace tillkeeper::till
