// Where a till's transactions come from: the generator, or a file of real ones.
#pragma once

#include <cstddef>
#include <optional>

#include "tests/till/transaction.h"

namespace tillkeeper::till {

class SalesSource {
  public:
    virtual ~SalesSource() = default;
    // The next transaction of that till, or nothing when it has no more. The same each time for the same seed or file,
    // whatever the order in which tills ask.
    [[nodiscard]] virtual std::optional<Transaction> next(std::size_t till) = 0;
};

}  // namespace tillkeeper::till
