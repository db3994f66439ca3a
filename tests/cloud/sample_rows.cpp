#include "tests/cloud/sample_rows.h"

#include <array>
#include <charconv>

namespace tillkeeper::cloud {
namespace {

constexpr std::size_t kDigits = 8;
constexpr std::uint64_t kPlacesMax = 100'000'000;

constexpr std::array<RowShape, 6> kShapes{{{"members", "member_id", "points", 'M'},
                                           {"products", "sku", "", 'P'},
                                           {"prices", "price_id", "amount", 'C'},
                                           {"stock", "sku", "quantity", 'P'},
                                           {"orders", "order_id", "", 'O'},
                                           {"leases", "jti", "", 0}}};

// SplitMix64's finish: every bit of the place and the seed counts.
std::uint64_t mixed(std::uint64_t place, std::uint64_t seed) {
    std::uint64_t x = place + seed * 0x9E3779B97F4A7C15U + 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

std::string digits(std::uint64_t place) {
    std::string text = std::to_string(place);
    return text.size() < kDigits ? std::string(kDigits - text.size(), '0') + text : text;
}

std::string_view one_of(std::uint64_t chance, auto const& words) {
    return words[chance % words.size()];
}

std::string member(std::uint64_t place, std::uint64_t chance) {
    static constexpr std::array<std::string_view, 8> kFirst{"Ada",  "Ben",   "Cleo",  "Dora",
                                                            "Emil", "Fritz", "Greta", "Hugo"};
    static constexpr std::array<std::string_view, 8> kLast{"Ahrens", "Bauer", "Cramer", "Dietz",
                                                           "Ebert",  "Frey",  "Groß",   "Huber"};
    static constexpr std::array<std::string_view, 3> kTiers{"basic", "silver", "gold"};
    return R"({"member_id":"M)" + digits(place) + R"(","name":")" + std::string(one_of(chance, kFirst)) + " " +
           std::string(one_of(chance >> 8U, kLast)) + R"(","tier":")" + std::string(one_of(chance >> 16U, kTiers)) +
           R"(","phone":"+49 171 )" + digits(place) + R"(","email":"m)" + digits(place) +
           R"(@example.com","card_barcode":"29000)" + digits(place) + "\"";
}

std::string product(std::uint64_t place, std::uint64_t chance) {
    static constexpr std::array<std::string_view, 8> kThings{"mug", "lamp",  "bowl", "scarf",
                                                             "pen", "clock", "bag",  "candle"};
    static constexpr std::array<std::string_view, 6> kColours{"white", "red", "blue", "green", "black", "yellow"};
    return R"({"sku":"P)" + digits(place) + R"(","gtin":"40000)" + digits(place) + R"(","description":")" +
           std::string(one_of(chance, kColours)) + " " + std::string(one_of(chance >> 8U, kThings)) +
           R"(","department":"D)" + std::to_string(chance % 20) + "\"";
}

std::string order(std::uint64_t place, std::uint64_t chance) {
    const std::string total = std::to_string(500 + chance % 20000);
    return R"({"order_id":"O)" + digits(place) + R"(","pickup_code":"PC)" + digits(place) +
           R"(","status":"ready","member_id":"M)" + digits(place) + R"(","currency":"EUR","total":)" + total +
           R"(,"lines":[{"sku":"P)" + digits(chance % 1000) + R"(","quantity":1,"amount":)" + total + "}]";
}

std::optional<std::uint64_t> last_digits(std::string_view value) {
    std::string found;
    for (const char c : value)
        if (c >= '0' && c <= '9') found += c;
    if (found.size() < kDigits) return {};
    std::uint64_t place = 0;
    std::from_chars(found.data() + found.size() - kDigits, found.data() + found.size(), place);
    return place;
}

}  // namespace

const RowShape& shape_of(RowKind kind) {
    return kShapes[static_cast<std::size_t>(kind)];
}

std::string sample_key(RowKind kind, std::uint64_t place) {
    return shape_of(kind).letter + digits(place);
}

std::optional<std::uint64_t> sample_place(RowKind kind, std::string_view key) {
    if (key.size() != kDigits + 1 || key.front() != shape_of(kind).letter) return {};
    std::uint64_t place = 0;
    const auto [stop, error] = std::from_chars(key.data() + 1, key.data() + key.size(), place);
    if (error != std::errc() || stop != key.data() + key.size() || place >= kPlacesMax) return {};
    return place;
}

std::int64_t sample_number(RowKind kind, std::uint64_t place, std::uint64_t seed) {
    const std::uint64_t chance = mixed(place, seed);
    if (kind == RowKind::kMembers) return static_cast<std::int64_t>(chance % 5000);
    if (kind == RowKind::kPrices) return static_cast<std::int64_t>(99 + chance % 9900);
    return kind == RowKind::kStock ? static_cast<std::int64_t>(chance % 200) : 0;
}

SampleRow sample_row(RowKind kind, std::uint64_t place, std::uint64_t seed) {
    const std::uint64_t chance = mixed(place, seed);
    SampleRow row{.head = {}, .number = sample_number(kind, place, seed)};
    if (kind == RowKind::kMembers) row.head = member(place, chance);
    if (kind == RowKind::kProducts) row.head = product(place, chance);
    if (kind == RowKind::kPrices)
        row.head = R"({"price_id":"C)" + digits(place) + R"(","sku":"P)" + digits(place) +
                   R"(","currency":"EUR","valid_from":"2026-01-01T00:00:00Z")";
    if (kind == RowKind::kStock) row.head = R"({"sku":"P)" + digits(place) + '"';
    if (kind == RowKind::kOrders) row.head = order(place, chance);
    return row;
}

std::optional<std::uint64_t> sample_place_by(RowKind kind, std::string_view field, std::string_view value) {
    const bool known =
        (kind == RowKind::kMembers && (field == "phone" || field == "card_barcode" || field == "email")) ||
        (kind == RowKind::kProducts && field == "gtin") || (kind == RowKind::kPrices && field == "sku") ||
        (kind == RowKind::kOrders && field == "pickup_code");
    return known ? last_digits(value) : std::nullopt;
}

}  // namespace tillkeeper::cloud
