// Connection: one try at the broker, from the first packet to the last; after a loss make a new one.
//
// libmosquitto keeps nothing over a loss that way: what is sent again is the owner's decision alone. MQTT 5, QoS 1,
// persistent session, TCP_NODELAY, TLS with verification, presence as will. Blocks to look up a host name; and where a
// name has several addresses and an earlier one swallows packets, libmosquitto waits for that one as long as the kernel
// does: give a till one address, or a name that has one. Else it never blocks.
// Thread: one. Calls nobody back: what arrives is fetched.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "platform/mqtt.h"
#include "platform/result.h"
#include "till/reach.h"
#include "till/till_values.h"

struct mosquitto;

namespace tillkeeper::pos {

inline constexpr Duration kReachTimeout = std::chrono::seconds(3);  // until somebody answers at the address
inline constexpr Duration kJoinTimeout = std::chrono::seconds(10);  // until the broker has let us in
inline constexpr std::chrono::seconds kSessionLife = std::chrono::days(1);

class Connection {
  public:
    // `settings` outlives the connection.
    Connection(const Settings& settings, MonotonicTime now);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // All that can be done now. When the descriptor is ready, and at wake_at().
    void progress(MonotonicTime now, bool ready);
    [[nodiscard]] int descriptor() const;
    [[nodiscard]] bool wants_to_write() const;
    [[nodiscard]] MonotonicTime wake_at() const { return wake_at_; }

    // Let in, subscribed and announced.
    [[nodiscard]] bool online() const { return state_ == State::kOnline; }
    [[nodiscard]] bool lost() const { return state_ == State::kLost; }
    [[nodiscard]] const std::string& why() const { return why_; }

    [[nodiscard]] std::vector<MqttMessage> take_messages();
    // False: lost.
    [[nodiscard]] bool publish(const MqttMessage& message);
    // Announces that the till goes, and goes.
    void say_goodbye();

    // tillkeeper/v1/tills/{till}/{last}
    [[nodiscard]] static std::string topic(const Settings& settings, std::string_view last);

  private:
    enum class State { kReaching, kJoining, kOnline, kLost };
    void reach(MonotonicTime now);
    void decide(Result<bool> answers, MonotonicTime now);
    [[nodiscard]] Result<void> configure();
    [[nodiscard]] Result<void> identify();
    void join(MonotonicTime now);
    void answered(int code);
    void lose(std::string why);

    const Settings& settings_;
    State state_ = State::kReaching;
    std::optional<Reach> reach_;
    std::unique_ptr<mosquitto, void (*)(mosquitto*)> client_;
    std::vector<MqttMessage> arrived_;
    MonotonicTime deadline_{};
    MonotonicTime wake_at_{};
    bool let_in_ = false;
    std::string why_;
};

}  // namespace tillkeeper::pos
