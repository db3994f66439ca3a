#include "tests/bench/fill_journal.h"

#include <algorithm>

#include "storage/journal.h"
#include "tests/bench/options.h"
#include "tests/till/sales_generator.h"

namespace tillkeeper::bench {
namespace {

constexpr std::uint64_t kWalMax = 16u << 20;
constexpr std::size_t kGroup = 512;

till::SalesGenerator generator(std::int64_t sales, int tills, std::uint64_t seed) {
    till::GeneratorOptions options;
    options.seed = seed;
    options.tills = static_cast<std::size_t>(tills);
    options.transactions = sales;
    options.only_sales = true;
    options.body_bytes = kSaleBytes;
    return till::SalesGenerator(options);
}

storage::NewEntry entry_of(const till::Transaction& sale, std::size_t till) {
    storage::NewEntry entry;
    entry.till = "till-" + std::to_string(till + 1);
    entry.till_sequence = sale.till_sequence;
    entry.transaction_id = sale.id;
    entry.type = sale.type;
    entry.business_day = sale.business_day();
    entry.occurred_at = to_rfc3339(sale.occurred_at, true);
    entry.refers_to = sale.refers_to;
    entry.receipt = sale.receipt;
    entry.body = to_json(sale);
    entry.arrival = {sale.occurred_at, MonotonicTime(Duration(sale.till_sequence)), "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0",
                     true};
    return entry;
}

}  // namespace

Result<void> fill_journal(const std::filesystem::path& folder, std::int64_t sales) {
    auto journal = storage::Journal::open({.folder = folder, .key = "", .vfs = ""});
    if (!journal) return std::unexpected(journal.error());
    auto source = generator(sales, kTills, 20261121);
    std::vector<storage::NewEntry> entries;
    const auto commit = [&]() -> Result<void> {
        auto done = (*journal)->commit(entries, {});
        entries.clear();
        if (!done) return std::unexpected(done.error());
        if ((*journal)->wal_bytes() > kWalMax) return (*journal)->checkpoint();
        return {};
    };
    for (std::int64_t n = 0; n < sales; ++n) {
        const auto till = static_cast<std::size_t>(n % kTills);
        if (const auto sale = source.next(till)) entries.push_back(entry_of(*sale, till));
        if (entries.size() < kGroup) continue;
        if (auto done = commit(); !done) return done;
    }
    if (auto done = commit(); !done) return done;
    return (*journal)->checkpoint();
}

double json_bytes(std::int64_t sales, int tills, std::uint64_t seed) {
    auto source = generator(sales, tills, seed);
    double bytes = 0;
    for (std::size_t till = 0; till < static_cast<std::size_t>(tills); ++till)
        while (const auto sale = source.next(till)) bytes += static_cast<double>(to_json(*sale).size());
    return bytes;
}

}  // namespace tillkeeper::bench
