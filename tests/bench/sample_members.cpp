#include "tests/bench/sample_members.h"

#include <array>

#include "sync/json_slices.h"
#include "sync/search_keys.h"
#include "tests/cloud/sample_rows.h"

namespace tillkeeper::bench {
namespace {

constexpr std::uint64_t kSeed = 1;

std::string digits(std::uint64_t place) {
    const std::string text = std::to_string(place);
    return std::string(text.size() < 8 ? 8 - text.size() : 0, '0') + text;
}

storage::MirrorRow row_of(std::string key, std::string body, const sync::SourceConfig& config) {
    auto search = sync::search_keys(body, config.search);
    return {.key = std::move(key), .search = std::move(search), .body = std::move(body)};
}

std::string two(std::uint64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

sync::SourceConfig members_config() {
    sync::SourceConfig config;
    config.collection = "members";
    config.record_key = "member_id";
    config.search = {{.field = "card_barcode", .normal = sync::Normal::kDigits},
                     {.field = "phone", .normal = sync::Normal::kPhone, .prefix_min = 6, .country = "49"},
                     {.field = "email", .normal = sync::Normal::kFolded}};
    return config;
}

sync::SourceConfig products_config() {
    sync::SourceConfig config;
    config.collection = "products";
    config.record_key = "sku";
    config.search = {{.field = "gtin", .normal = sync::Normal::kDigits}};
    return config;
}

storage::MirrorRow member_row(std::uint64_t place, const sync::SourceConfig& config) {
    static constexpr std::array<std::string_view, 6> kCities{"Berlin", "Bremen", "Dresden", "Essen", "Ulm", "Worms"};
    const auto base = cloud::sample_row(cloud::RowKind::kMembers, place, kSeed);
    const std::uint64_t other = place * 2'654'435'761U >> 7U;
    std::string body = base.head + R"(,"points":)" + std::to_string(base.number) + R"(,"joined":"20)" +
                       two(5 + other % 20) + '-' + two(1 + other % 12) + '-' + two(1 + other % 28) +
                       R"(","store":"00)" + two(other % 90) + R"(","language":"de","consents":{"email":)" +
                       (other % 3 == 0 ? "true" : "false") + R"(,"sms":false},"address":{"postcode":")" +
                       std::to_string(10'000 + other % 89'999) + R"(","city":")" +
                       std::string(kCities[other % kCities.size()]) + R"(","country":"DE"}})";
    return row_of(member_id(place), std::move(body), config);
}

storage::MirrorRow product_row(std::uint64_t place, const sync::SourceConfig& config) {
    const auto base = cloud::sample_row(cloud::RowKind::kProducts, place, kSeed);
    const std::uint64_t other = place * 2'654'435'761U >> 7U;
    std::string body = base.head + R"(,"unit":"piece","tax_class":")" + (other % 4 == 0 ? "reduced" : "standard") +
                       R"(","weight_g":)" + std::to_string(other % 5000) + R"(,"supplier":"S)" + two(other % 97) +
                       R"(","age_limit":null,"deposit":0,"active":true,"brand":"Brand )" + std::to_string(other % 500) +
                       "\"}";
    return row_of(sku(place), std::move(body), config);
}

std::string member_id(std::uint64_t place) {
    return cloud::sample_key(cloud::RowKind::kMembers, place);
}

std::string sku(std::uint64_t place) {
    return cloud::sample_key(cloud::RowKind::kProducts, place);
}

std::string member_card(std::uint64_t place) {
    return "29000" + digits(place);
}

std::string member_phone(std::uint64_t place) {
    return "0171 " + digits(place);
}

std::string product_gtin(std::uint64_t place) {
    return "40000" + digits(place);
}

}  // namespace tillkeeper::bench
