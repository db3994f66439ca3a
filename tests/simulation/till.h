// SimulatedTill: a till as a careful till developer writes it. It keeps each transaction in an outbox that survives its
// own death, hands over up to `in_flight` of them, and again what is not answered in time.
#pragma once

#include <deque>
#include <string>

#include "tests/simulation/broker.h"
#include "tests/simulation/promises.h"

namespace tillkeeper::simulation {

class SimulatedTill {
  public:
    struct Parts {
        Schedule& schedule;
        Random& random;
        Broker& broker;
        Promises& promises;
        Trace& trace;
    };
    SimulatedTill(Parts parts, std::string name, int in_flight);

    void sell(Sale& sale);
    // Hands over something that was answered before, as a till with a broken outbox would.
    void sell_again(Sale& sale);
    // `forgets_numbers`: it was replaced, and begins to count anew.
    void die(Duration for_how_long, bool forgets_numbers);
    [[nodiscard]] bool idle() const { return outbox_.empty(); }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::int64_t next_sequence() { return ++sequence_; }

  private:
    struct Kept {
        Sale* sale;
        bool in_flight = false;
        Duration not_before{};  // a refusal said so, or the answer is late
    };
    void look_after(Duration delay);
    void hand_over();
    [[nodiscard]] bool publish(const Sale& sale);
    void hear(const MqttMessage& message);

    Parts parts_;
    std::string name_;
    std::size_t in_flight_max_;
    std::deque<Kept> outbox_;
    std::int64_t sequence_ = 0;
    Duration dead_until_{};
    bool look_waits_ = false;
};

}  // namespace tillkeeper::simulation
