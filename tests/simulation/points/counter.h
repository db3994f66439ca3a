// Counter: the tills of one store, as careful developers write them: whoever asked for points asks again until there is
// an answer, at this till or at another one.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/broker.h"
#include "tests/simulation/points/judge.h"

namespace tillkeeper::simulation {

class Counter {
  public:
    struct Parts {
        Schedule& schedule;
        Random& random;
        Broker& broker;
        Judge& judge;
        std::size_t store;
    };
    Counter(Parts parts, int tills);

    // A redemption, or a sale that earns points.
    void want(Wish& wish);
    // Asks for a wish once more, at any till.
    void ask_again(Wish& wish) { ask(wish); }
    void look_up(Topic topic, const std::string& text, bool known);

  private:
    struct Open {
        Wish* wish;
        Duration not_before{};
    };
    void ask(Wish& wish);
    void publish(const Question& question, const std::string& rest, std::string payload);
    void look_after();
    void hear(const MqttMessage& message);

    Parts parts_;
    int tills_;
    std::vector<Open> open_;
    bool looking_ = false;
    std::int64_t sequence_ = 0;
};

}  // namespace tillkeeper::simulation
