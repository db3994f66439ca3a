// Generated members and products: invented, each following from its place. As the simulated cloud has them, with what
// real ones have besides: some 300 bytes of JSON.
#pragma once

#include <cstdint>
#include <string>

#include "storage/mirror_values.h"
#include "sync/source.h"

namespace tillkeeper::bench {

inline constexpr std::uint64_t kPlacesMax = 100'000'000;

// As an operator would configure them: by card, telephone and its beginnings, e-mail; by GTIN.
[[nodiscard]] sync::SourceConfig members_config();
[[nodiscard]] sync::SourceConfig products_config();

[[nodiscard]] storage::MirrorRow member_row(std::uint64_t place, const sync::SourceConfig& config);
[[nodiscard]] storage::MirrorRow product_row(std::uint64_t place, const sync::SourceConfig& config);

// How they are found.
[[nodiscard]] std::string member_id(std::uint64_t place);
[[nodiscard]] std::string sku(std::uint64_t place);
[[nodiscard]] std::string member_card(std::uint64_t place);
[[nodiscard]] std::string member_phone(std::uint64_t place);
[[nodiscard]] std::string product_gtin(std::uint64_t place);

}  // namespace tillkeeper::bench
