// Flood: one hostile till that says the same packets again and again as fast as the broker takes them, on a thread of
// its own. When it is cut off it comes back 50 times a second; as fast as TLS allows is a flood of its own,
// `again_each_time`.
//
// A real one has a machine of its own. Here it shares two cores with broker, agent and the tills that are measured,
// so its thread runs with the lowest priority: it takes what they leave.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/raw_bus.h"
#include "tests/till/broker_connection.h"

namespace tillkeeper::lab {

struct FloodPlan {
    int port = 0;
    RawBus::Wire wire = RawBus::Wire::kTls;
    till::BrokerUser user;
    std::vector<std::string> packets;  // said in turn; together they should fill a few KiB
    int each = 1;                      // messages in one of them
    bool again_each_time = false;      // connects anew for each round of packets
};

class Flood {
  public:
    explicit Flood(FloodPlan plan);
    // Ends within a second or two.
    ~Flood();
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;

    [[nodiscard]] std::int64_t messages() const { return messages_; }
    [[nodiscard]] std::int64_t connections() const { return connections_; }  // that were let in
    [[nodiscard]] std::int64_t turned_away() const { return turned_away_; }

  private:
    void run();
    void speak(RawBus& bus);

    const FloodPlan plan_;
    std::atomic<bool> stopped_{false};
    std::atomic<std::int64_t> messages_{0}, connections_{0}, turned_away_{0};
    std::jthread thread_;
};

}  // namespace tillkeeper::lab
