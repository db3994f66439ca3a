// Ledger: what took effect at each destination, once per id.
//
// Watches that the first effects of a till come in growing sequence, and names the first violations. Optionally kept
// in an append-only file, written before the answer goes out and read again at the start; counts of requests,
// repetitions and rejections begin anew then.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/cloud/event_batch.h"
#include "tests/cloud/ledger_file.h"

namespace tillkeeper::cloud {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <typename Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

struct Effect {
    std::uint64_t document = 0;  // 1, 2, 3, …
    std::string_view till;
    std::optional<std::int64_t> sequence;
};

struct OrderViolation {
    std::string id;
    std::string till;
    std::int64_t sequence = 0;
    std::int64_t after = 0;  // what had taken effect before
};

// The ledger of one destination.
struct Book {
    std::uint64_t requests = 0;
    std::uint64_t repeated = 0;
    std::uint64_t rejected = 0;
    std::uint64_t untrusted = 0;  // the box did not know the time
    std::uint64_t corrected = 0;  // it came to know it
    std::string corrected_first;  // the earliest and the latest arrival among those, RFC 3339 in UTC
    std::string corrected_last;
    std::uint64_t order_violations = 0;
    std::vector<OrderViolation> first_violations;
    std::map<std::string, std::int64_t, std::less<>> amount_by_day;  // erp
    std::int64_t lines = 0;                                          // oms
    std::int64_t returns = 0;                                        // oms
    std::map<std::string, std::int64_t, std::less<>> points;         // crm: by member
    ByText<Effect> effects;                                          // by id
    std::vector<const ByText<Effect>::value_type*> in_order;
    ByText<std::optional<std::int64_t>> tills;  // the highest sequence that took effect
};

class Ledger {
  public:
    // Empty `folder`: in memory only. Reads what is there, but for a torn last line.
    [[nodiscard]] static Result<Ledger> open(const std::filesystem::path& folder);

    // Takes effect if the id is new; counts a repetition otherwise. The document number in both cases.
    std::uint64_t apply(Destination destination, const Event& event);
    // What took effect since the last call is in the file when it returns.
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] Result<void> clear();

    [[nodiscard]] Book& book(Destination destination) { return books_[static_cast<std::size_t>(destination)]; }

    // The documents of the control port.
    [[nodiscard]] std::string summary() const;
    [[nodiscard]] std::string items(Destination destination) const;  // NDJSON
    [[nodiscard]] std::optional<std::string> item(Destination destination, std::string_view id) const;

  private:
    void record(Book& book, const Event& event);

    std::array<Book, kBooks> books_;
    std::optional<LedgerFile> file_;
};

[[nodiscard]] std::string document_number(Destination destination, std::uint64_t document);

}  // namespace tillkeeper::cloud
