// Transactions of an invented store, with the shape of real ones (retail_shape.h). Everything follows from the seed.
//
// Each till has its own stream: opened, sales and returns over the day, closed; the store's days are as busy as the
// real ones, from `first_day` on, without Saturdays. Returns refer to earlier sales of the same till.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "tests/fakes/seeded_random.h"
#include "tests/till/sales_source.h"

namespace tillkeeper::till {

struct GeneratorOptions {
    std::uint64_t seed = 1;
    std::size_t tills = 8;
    std::int64_t transactions = 20'000;  // of all tills together
    bool only_sales = false;             // sales, returns, exchanges and voids; no opening, closing, cash movements
    std::size_t body_bytes = 0;          // 0: real shape; else sales of about this size (for measurements)
    std::string currency = "GBP";
    std::string store = "0042";
    std::chrono::sys_days first_day = std::chrono::sys_days(std::chrono::year(2025) / 1 / 2);
};

class SalesGenerator final : public SalesSource {
  public:
    explicit SalesGenerator(GeneratorOptions options);

    [[nodiscard]] std::optional<Transaction> next(std::size_t till) override;

  private:
    struct Slot {
        std::int64_t second_of_day;
        enum class What { kOpen, kTrade, kClose } what;
    };
    struct TillState {
        std::size_t number = 0;  // from 1
        fakes::SeededRandom random;
        std::int64_t left = 0;
        std::int64_t sequence = 0;
        std::int64_t day = -1;  // since first_day
        std::deque<Slot> plan;
        std::deque<Transaction> recent_sales;
        std::vector<std::int64_t> picked_in;  // per rank: the till_sequence of the last sale that has it
    };

    void plan_day(TillState& till) const;
    Transaction begin(TillState& till, const Slot& slot) const;
    void trade(TillState& till, Transaction& out) const;
    void sell(TillState& till, Transaction& out) const;
    void sell_sized(TillState& till, Transaction& out) const;
    void take_back(TillState& till, Transaction& out) const;
    void exchange(TillState& till, Transaction& out) const;
    void cancel_last(TillState& till, Transaction& out) const;
    void move_cash(TillState& till, Transaction& out) const;
    void settle(TillState& till, Transaction& out) const;
    int pick(TillState& till, bool may_repeat) const;

    GeneratorOptions options_;
    std::vector<TillState> tills_;
};

}  // namespace tillkeeper::till
