// A client on the till bus that may do anything a stranger's program could: other wills, other topics, no reading.
// Thread: any one; it reads and writes only while it is asked.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "tests/till/broker_connection.h"

namespace tillkeeper::lab {

struct BusWill {
    std::string topic = {};
    std::string payload = {};
};

class BusClient {
  public:
    // Connects and waits for the broker's word.
    BusClient(const till::BrokerAddress& address, const till::BrokerUser& user, const BusWill& will = {});

    [[nodiscard]] bool granted() const { return granted_ && *granted_; }
    // Whether the connection is gone; looks for up to `limit`.
    [[nodiscard]] bool lost_within(std::chrono::milliseconds limit);
    // Whether it hears that topic before `limit` is over.
    [[nodiscard]] bool hears(const std::string& topic, std::chrono::milliseconds limit = std::chrono::seconds(20));
    // Topics heard so far, "topic=payload".
    [[nodiscard]] const std::set<std::string>& heard() const { return heard_; }

    void subscribe(const std::string& filter) { connection_->subscribe(filter); }
    bool publish(const std::string& topic, std::string_view payload, bool retain = false);
    void disconnect() { connection_->disconnect(); }
    // Ends it without a good-bye, so that the broker publishes the will.
    void vanish() { connection_.reset(); }
    [[nodiscard]] bool turn_until(const std::function<bool()>& condition, std::chrono::milliseconds limit);

  private:
    std::unique_ptr<till::BrokerConnection> connection_;
    std::optional<bool> granted_;
    bool lost_ = false;
    std::set<std::string> heard_;
};

}  // namespace tillkeeper::lab
