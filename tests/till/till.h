// One simulated till: sells, keeps each sale until it is answered, and hands it over again for as long as it takes.
//
// Announces itself (retained presence, and its will), listens to its replies, reconnects with jitter for ever. Driven
// by a poll loop (till_loop.h); all on one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/random.h"
#include "tests/till/answer.h"
#include "tests/till/broker_connection.h"
#include "tests/till/cashier.h"
#include "tests/till/kept_sales.h"
#include "tests/till/sales_source.h"
#include "tests/till/simulated_till.h"
#include "tests/till/tally.h"

namespace tillkeeper::till {

class Till final : public SimulatedTill {
  public:
    // `source`, `pace`, `tally` and `random` outlive the till. All events may be empty.
    Till(TillOptions options, SalesSource& source, const Pace& pace, Tally& tally, Random& random, TillEvents events);

    // Takes back a sale of an earlier life.
    void keep(KeptSale sale) { kept_.add(std::move(sale)); }
    void poison_next() override { cashier_.poison_next(); }
    void tick(MonotonicTime now) override;
    void ready(MonotonicTime now, bool readable, bool writable) override;
    void say_goodbye() override;

    [[nodiscard]] int descriptor() const override { return connection_ ? connection_->descriptor() : -1; }
    [[nodiscard]] bool wants_to_write() const override { return connection_ && connection_->wants_to_write(); }
    [[nodiscard]] bool online() const override { return online_; }
    [[nodiscard]] bool done() const override { return cashier_.sold_out() && kept_.waiting() == 0; }
    [[nodiscard]] std::size_t waiting() const override { return kept_.waiting(); }
    [[nodiscard]] std::int64_t sent_again() const override { return kept_.sent_again(); }

  private:
    void connect(MonotonicTime now);
    void connected(bool granted);
    void lost(MonotonicTime now);
    void sell(MonotonicTime now);
    void take(const Transaction& transaction);
    void hand_over(MonotonicTime now);
    void take_answer(const BrokerMessage& message);
    [[nodiscard]] std::string topic(std::string_view last) const;

    TillOptions options_;
    Tally& tally_;
    Random& random_;
    TillEvents events_;
    Cashier cashier_;
    KeptSales kept_;
    std::unique_ptr<BrokerConnection> connection_;
    std::string transactions_topic_;
    MonotonicTime now_{};  // of the current call
    MonotonicTime connect_at_{};
    MonotonicTime next_keep_alive_{};
    int failed_connects_ = 0;
    bool online_ = false;
    bool was_online_ = false;
};

}  // namespace tillkeeper::till
