// Desk: a till's place at the agent's own till bus, without broker and disk: hands over, and has the answer at once.
#pragma once

#include <string>
#include <vector>

#include "agent/bus/till_bus.h"
#include "tests/contract/memory_journal.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/fake_mqtt.h"

namespace tillkeeper::contract {

inline constexpr const char* kTransactionsTopic = "tillkeeper/v1/tills/till-1/transactions";

struct HandOver {
    std::string payload;
    std::string response_topic = {};
    std::string correlation_data = {};
};

class Desk {
  public:
    Desk() { mqtt_.connect(); }

    // The one answer.
    [[nodiscard]] MqttMessage hand_over(const HandOver& what) {
        mqtt_.published.clear();
        bus_.receive({.topic = kTransactionsTopic,
                      .payload = what.payload,
                      .response_topic = what.response_topic,
                      .correlation_data = what.correlation_data});
        return mqtt_.published.size() == 1 ? mqtt_.published.front() : MqttMessage{};
    }
    [[nodiscard]] MemoryJournal& journal() { return journal_; }

  private:
    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeMqtt mqtt_;
    MemoryJournal journal_;
    fakes::FakeDevice device_;
    agent::TillBus bus_{mqtt_, journal_, loop_, clock_, device_, {}};
};

}  // namespace tillkeeper::contract
