// One client on the till bus whose words are written by the test: what it says, and what it then hears.
// Thread: any one; it reads only while it is asked.
#pragma once

#include <poll.h>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/e2e/broker.h"
#include "tests/till/broker_connection.h"

namespace tillkeeper::lab {

inline constexpr std::string_view kTillTopics = "tillkeeper/v1/tills/";

struct Heard {
    std::string topic;
    std::string payload;
    std::string correlation_data;
};

class BusPeer {
  public:
    // Connects as that user, listening to `filter`. kUnavailable when the broker does not let it in.
    [[nodiscard]] static Result<std::unique_ptr<BusPeer>> connect(const Broker& broker, const std::string& user,
                                                                  till::MqttVersion version, const std::string& filter);

    // The last three only with MQTT 5. False when the connection is lost.
    [[nodiscard]] bool say(const std::string& topic, std::string_view payload, const std::string& correlation_data = {},
                           const std::string& response_topic = {}, const std::string& traceparent = {});
    // The same, to be retained by the broker.
    [[nodiscard]] bool retain(const std::string& topic, std::string_view payload);
    // The next message; nothing when none comes within `limit`.
    [[nodiscard]] std::optional<Heard> hear(std::chrono::milliseconds limit = std::chrono::seconds(20));

    // For a poll loop of many: what to wait for, and what to do with what poll() then says. False when the connection
    // is lost. What was heard meanwhile is taken with hear(0).
    [[nodiscard]] pollfd waits_for() const;
    [[nodiscard]] bool serve(short events);

  private:
    BusPeer() = default;
    [[nodiscard]] bool turn_until(const std::function<bool()>& condition, std::chrono::milliseconds limit);

    std::unique_ptr<till::BrokerConnection> connection_;
    std::optional<bool> granted_;
    std::deque<Heard> heard_;
};

}  // namespace tillkeeper::lab
