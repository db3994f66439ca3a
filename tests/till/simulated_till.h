// SimulatedTill: what a poll loop drives (till_loop.h): a bare client (till.h), or one over the till library
// (library_till.h). Thread: one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "platform/clock.h"
#include "tests/till/answer.h"
#include "tests/till/broker_connection.h"
#include "tests/till/kept_sales.h"

namespace tillkeeper::till {

// How fast all tills sell; one value for all, changed while they run.
struct Pace {
    double per_second = 0;  // of all tills together; 0: as fast as answers come
    bool paused = false;    // sells nothing; what is sold is still handed over
    bool closed = false;    // the same, for good
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
    // `took`: from the first handing over; nothing when it was settled before, or handed over in an earlier life.
    std::move_only_function<void(const std::string& id, const Answer&, std::optional<Duration> took)> answered;
    // Refused for now: the till keeps it and tries again.
    std::move_only_function<void(const std::string& id, const Answer&)> put_off;
    std::move_only_function<void(const std::string& id)> poisoned;
};

class SimulatedTill {
  public:
    virtual ~SimulatedTill() = default;

    // The next sale with a tender is paid by "barter": nothing is wrong with it here, but the ERP knows no such
    // account.
    virtual void poison_next() = 0;
    // All that time brings. At least every few milliseconds.
    virtual void tick(MonotonicTime now) = 0;
    // After poll(): what is possible on descriptor().
    virtual void ready(MonotonicTime now, bool readable, bool writable) = 0;
    // Announces that it is going, and goes.
    virtual void say_goodbye() = 0;

    [[nodiscard]] virtual int descriptor() const = 0;
    [[nodiscard]] virtual bool wants_to_write() const = 0;
    [[nodiscard]] virtual bool online() const = 0;
    // Nothing left to sell, and nothing unanswered.
    [[nodiscard]] virtual bool done() const = 0;
    [[nodiscard]] virtual std::size_t waiting() const = 0;
    [[nodiscard]] virtual std::int64_t sent_again() const = 0;
};

}  // namespace tillkeeper::till
