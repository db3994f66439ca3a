// Rows that follow from a seed and a place: millions of members or products without keeping one. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tillkeeper::cloud {

enum class RowKind { kMembers, kProducts, kPrices, kStock, kOrders, kLeases };

struct RowShape {
    std::string_view name;    // of the collection
    std::string_view key;     // the member that names a row
    std::string_view number;  // the member that deliveries change; "": none
    char letter;              // that generated keys begin with; 0: none are generated
};
[[nodiscard]] const RowShape& shape_of(RowKind kind);

struct SampleRow {
    std::string head;  // {"member_id":"M00000017",... without the number and the closing brace
    std::int64_t number = 0;
};
[[nodiscard]] std::string sample_key(RowKind kind, std::uint64_t place);
// The place of a generated key; nothing for any other.
[[nodiscard]] std::optional<std::uint64_t> sample_place(RowKind kind, std::string_view key);
[[nodiscard]] std::int64_t sample_number(RowKind kind, std::uint64_t place, std::uint64_t seed);
[[nodiscard]] SampleRow sample_row(RowKind kind, std::uint64_t place, std::uint64_t seed);
// Where the row is that has this value in this field: {"phone","0171 10000017"} is member 17.
[[nodiscard]] std::optional<std::uint64_t> sample_place_by(RowKind kind, std::string_view field,
                                                           std::string_view value);

}  // namespace tillkeeper::cloud
