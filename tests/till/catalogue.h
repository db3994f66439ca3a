// The goods and the members of an invented store, ranked by how often they come, as many and as uneven as the real
// ones. Everything follows from the rank: no state, no file.
#pragma once

#include <span>
#include <string>

#include "tests/till/retail_shape.h"
#include "tests/till/transaction.h"

namespace tillkeeper::till {

// A value of the distribution for `u` in [0, 1).
[[nodiscard]] int value_at(const shape::Quantiles& quantiles, double u);
// A rank in [0, count) for `u` in [0, 1): low ranks come often.
[[nodiscard]] int rank_at(std::span<const shape::Concentration> concentration, int count, double u);

[[nodiscard]] std::string sku_of(int rank);          // "20184B"
[[nodiscard]] std::string description_of(int rank);  // "BLUE ENAMEL TEAPOT"
[[nodiscard]] Money price_of(int rank);
[[nodiscard]] bool is_reduced_rate(int rank);
[[nodiscard]] std::string member_of(int rank);  // "12346"

}  // namespace tillkeeper::till
