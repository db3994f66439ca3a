// Which of several prices of an article holds. Pure.
//
// A record of collection `prices` may say currency, customer_group (absent: for everybody), valid_from and valid_to
// (RFC 3339; a date alone is that whole day in UTC, valid_to's last day included). Of the prices that hold, the one
// for the customer's group counts before the general one; of these the one that holds since the latest time.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "platform/clock.h"

namespace tillkeeper::agent {

struct PriceQuestion {
    std::string currency;        // "": any
    std::string customer_group;  // "": none
    WallTime at;
};

// Its place among `records` (JSON objects); nothing when none holds. Of two that are alike the later one.
[[nodiscard]] std::optional<std::size_t> choose_price(std::span<const std::string> records,
                                                      const PriceQuestion& question);

}  // namespace tillkeeper::agent
