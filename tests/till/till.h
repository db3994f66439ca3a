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
#include "tests/till/kept_sales.h"
#include "tests/till/sales_source.h"
#include "tests/till/tally.h"

namespace tillkeeper::till {

// How fast all tills sell; one value for all, changed while they run.
struct Pace {
    double per_second = 0;  // of all tills together; 0: as fast as answers come
    bool paused = false;    // sells nothing; what is sold is still handed over
};

struct TillOptions {
    BrokerAddress broker;
    BrokerUser user;
    MqttVersion version = MqttVersion::k5;
    std::size_t index = 0;  // in the source
    std::size_t tills = 1;
    std::size_t window = 1;                      // sales handed over and not answered
    Duration timeout = std::chrono::seconds(2);  // without an answer: hand over again
};

struct TillEvents {
    std::move_only_function<void(const KeptSale&)> sold;  // before it is handed over
    // `took`: from the first handing over; nothing when it was settled before.
    std::move_only_function<void(const std::string& id, const Answer&, std::optional<Duration> took)> answered;
    // Refused for now: the till keeps it and tries again.
    std::move_only_function<void(const std::string& id, const Answer&)> put_off;
    std::move_only_function<void(const std::string& id)> poisoned;
};

class Till {
  public:
    // `source`, `pace`, `tally` and `random` outlive the till. All events may be empty.
    Till(TillOptions options, SalesSource& source, const Pace& pace, Tally& tally, Random& random, TillEvents events);

    // Takes back a sale of an earlier life.
    void keep(KeptSale sale) { kept_.add(std::move(sale)); }
    // The next sale with a tender is paid by "barter": nothing is wrong with it here, but the ERP knows no such
    // account.
    void poison_next() { ++poisons_; }
    // All that time brings: connecting, selling, handing over again. At least every few milliseconds.
    void tick(MonotonicTime now);
    // After poll(): what is possible on descriptor().
    void ready(MonotonicTime now, bool readable, bool writable);
    // Announces that it is going, and goes.
    void say_goodbye();

    [[nodiscard]] int descriptor() const { return connection_ ? connection_->descriptor() : -1; }
    [[nodiscard]] bool wants_to_write() const { return connection_ && connection_->wants_to_write(); }
    [[nodiscard]] bool online() const { return online_; }
    // Nothing left to sell, and nothing unanswered.
    [[nodiscard]] bool done() const { return sold_out_ && kept_.waiting() == 0; }
    [[nodiscard]] const KeptSales& kept() const { return kept_; }

  private:
    void connect(MonotonicTime now);
    void connected(bool granted);
    void lost(MonotonicTime now);
    void sell(MonotonicTime now);
    bool sell_one();
    void hand_over(MonotonicTime now);
    void take_answer(const BrokerMessage& message);
    [[nodiscard]] std::string topic(std::string_view last) const;

    TillOptions options_;
    SalesSource& source_;
    const Pace& pace_;
    Tally& tally_;
    Random& random_;
    TillEvents events_;
    KeptSales kept_;
    std::unique_ptr<BrokerConnection> connection_;
    std::string transactions_topic_;
    MonotonicTime now_{};  // of the current call
    MonotonicTime connect_at_{};
    MonotonicTime next_sale_{};
    MonotonicTime next_keep_alive_{};
    int failed_connects_ = 0;
    int poisons_ = 0;
    bool online_ = false;
    bool was_online_ = false;
    bool sold_out_ = false;
};

}  // namespace tillkeeper::till
