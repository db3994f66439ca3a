// Answers every till as an agent would that stores nothing: the limit that the broker and the machine set, for
// measurements, and a stand-in for the agent in tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/till/broker_connection.h"

namespace tillkeeper::till {

class EchoAgent {
  public:
    // What to say to a transaction; an empty text says nothing. Default: accepted, with a running journal number.
    using Say = std::move_only_function<std::string(const std::string& id, std::int64_t number)>;

    // kUnavailable when the broker cannot be reached.
    [[nodiscard]] static Result<std::unique_ptr<EchoAgent>> connect(const BrokerAddress& address,
                                                                    const BrokerUser& user, Say say = accepted);

    // One round of poll(), reading, answering. False when the connection is lost.
    [[nodiscard]] bool turn(int wait_ms);
    [[nodiscard]] bool listening() const { return listening_; }
    [[nodiscard]] std::int64_t heard() const { return heard_; }

    [[nodiscard]] static std::string accepted(const std::string& id, std::int64_t number);
    // What it says to every look-up: a record of usual size.
    [[nodiscard]] static std::string found(const std::string& request_id);

  private:
    explicit EchoAgent(Say say) : say_(std::move(say)) {}
    void answer(const BrokerMessage& message);

    Say say_;
    std::unique_ptr<BrokerConnection> connection_;
    std::int64_t heard_ = 0;
    bool listening_ = false;
};

}  // namespace tillkeeper::till
