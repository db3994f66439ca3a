// Cashier: when a simulated till sells what. No I/O; time is an argument.
#pragma once

#include <functional>
#include <optional>

#include "platform/random.h"
#include "tests/till/sales_source.h"
#include "tests/till/simulated_till.h"
#include "tests/till/tally.h"

namespace tillkeeper::till {

class Cashier {
  public:
    // All outlive the cashier. `poisoned` may be empty.
    Cashier(const TillOptions& options, SalesSource& source, const Pace& pace, Tally& tally, Random& random,
            std::move_only_function<void(const std::string& id)>& poisoned);

    void poison_next() { ++poisons_; }
    [[nodiscard]] bool sold_out() const { return sold_out_; }

    // Sells what is to be sold now. `has_room`: for one that is handed over at once; `waiting`: sold and unanswered.
    struct Counter {
        std::function<bool()> has_room;
        std::function<std::size_t()> waiting;
        std::function<void(const Transaction&)> take;
    };
    void sell(MonotonicTime now, const Counter& counter);

  private:
    bool sell_one(const Counter& counter);

    const TillOptions& options_;
    SalesSource& source_;
    const Pace& pace_;
    Tally& tally_;
    Random& random_;
    std::move_only_function<void(const std::string& id)>& poisoned_;
    MonotonicTime next_sale_{};
    int poisons_ = 0;
    bool sold_out_ = false;
};

}  // namespace tillkeeper::till
