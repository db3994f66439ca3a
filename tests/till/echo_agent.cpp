#include "tests/till/echo_agent.h"

#include <poll.h>

#include <string_view>
#include <utility>

namespace tillkeeper::till {
namespace {

constexpr std::string_view kTransactions = "/transactions";

// The id is the first member in what our tills write; no parser, to measure the bus alone.
std::string id_of(std::string_view payload) {
    constexpr std::string_view kKey = "\"id\":\"";
    const auto at = payload.find(kKey);
    if (at == std::string_view::npos) return {};
    const auto from = at + kKey.size();
    return std::string(payload.substr(from, payload.find('"', from) - from));
}

}  // namespace

std::string EchoAgent::accepted(const std::string& id, std::int64_t number) {
    return R"({"reply_to":"transaction","id":")" + id + R"(","outcome":"accepted","journal_number":)" +
           std::to_string(number) +
           R"(,"hash":"0000000000000000000000000000000000000000000000000000000000000000","problems":[]})";
}

Result<std::unique_ptr<EchoAgent>> EchoAgent::connect(const BrokerAddress& address, const BrokerUser& user, Say say) {
    std::unique_ptr<EchoAgent> self(new EchoAgent(std::move(say)));
    EchoAgent* agent = self.get();
    auto connection =
        BrokerConnection::connect(address, user, MqttVersion::k5, "", "",
                                  {.connected =
                                       [agent](bool granted) {
                                           if (granted)
                                               agent->connection_->subscribe("tillkeeper/v1/tills/+/transactions");
                                           agent->listening_ = granted;
                                       },
                                   .message = [agent](const BrokerMessage& message) { agent->answer(message); }});
    if (!connection) return std::unexpected(std::move(connection.error()));
    self->connection_ = std::move(*connection);
    return self;
}

void EchoAgent::answer(const BrokerMessage& message) {
    ++heard_;
    if (!message.topic.ends_with(kTransactions)) return;
    const std::string reply = say_(id_of(message.payload), heard_);
    if (reply.empty()) return;
    std::string topic(message.topic.substr(0, message.topic.size() - kTransactions.size()));
    // A failure shows at the next read.
    static_cast<void>(connection_->publish(topic + "/replies", reply, false, message.correlation_data));
}

bool EchoAgent::turn(int wait_ms) {
    const short events = connection_->wants_to_write() ? POLLIN | POLLOUT : POLLIN;
    pollfd polled{connection_->descriptor(), events, 0};
    ::poll(&polled, 1, wait_ms);
    if ((polled.revents & ~POLLOUT) != 0 && !connection_->read()) return false;
    if (connection_->wants_to_write() && !connection_->write()) return false;
    return connection_->keep_alive();
}

}  // namespace tillkeeper::till
