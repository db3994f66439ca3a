// LibraryTill: a simulated till as a till developer would write one: over the till library, with an outbox on disk.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "platform/result.h"
#include "tests/till/cashier.h"
#include "tests/till/simulated_till.h"
#include "till/till.h"

namespace tillkeeper::till {

class LibraryTill final : public SimulatedTill {
  public:
    // Its outbox is FOLDER/<till>.outbox; what is in it from an earlier life is handed over first, and what was sold
    // then is not sold again. MQTT 5 whatever `options` says. `source`, `pace`, `tally` and `random` outlive it.
    [[nodiscard]] static Result<std::unique_ptr<LibraryTill>> open(const std::string& folder, TillOptions options,
                                                                   SalesSource& source, const Pace& pace, Tally& tally,
                                                                   Random& random, TillEvents events);

    void poison_next() override { cashier_.poison_next(); }
    void tick(MonotonicTime now) override;
    void ready(MonotonicTime now, bool readable, bool writable) override;
    void say_goodbye() override { till_->close(); }

    [[nodiscard]] int descriptor() const override { return till_->descriptor(); }
    [[nodiscard]] bool wants_to_write() const override { return false; }
    [[nodiscard]] bool online() const override { return till_->online(); }
    [[nodiscard]] bool done() const override { return cashier_.sold_out() && waiting() == 0; }
    [[nodiscard]] std::size_t waiting() const override { return till_->counts().waiting; }
    [[nodiscard]] std::int64_t sent_again() const override {
        return static_cast<std::int64_t>(till_->counts().sent_again);
    }

  private:
    LibraryTill(TillOptions options, SalesSource& source, const Pace& pace, Tally& tally, Random& random,
                TillEvents events);
    [[nodiscard]] Result<void> open(const std::string& folder);
    void take(const Transaction& transaction);
    void answered(const pos::Answer& heard);

    TillOptions options_;
    SalesSource& source_;
    Tally& tally_;
    TillEvents events_;
    Cashier cashier_;
    std::map<std::string, MonotonicTime> handed_over_;
    bool was_online_ = false;
    std::unique_ptr<pos::Till> till_;
};

}  // namespace tillkeeper::till
