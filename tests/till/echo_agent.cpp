#include "tests/till/echo_agent.h"

#include <poll.h>

#include <string_view>
#include <utility>

namespace tillkeeper::till {
namespace {

constexpr std::string_view kTransactions = "/transactions";
constexpr std::string_view kLookups = "/lookups/";

// Ids are among the first members in what our tills write; no parser, to measure the bus alone.
std::string text_of(std::string_view payload, std::string_view key) {
    const auto at = payload.find(key);
    if (at == std::string_view::npos) return {};
    const auto from = at + key.size();
    return std::string(payload.substr(from, payload.find('"', from) - from));
}

}  // namespace

std::string EchoAgent::accepted(const std::string& id, std::int64_t number) {
    return R"({"reply_to":"transaction","id":")" + id + R"(","outcome":"accepted","journal_number":)" +
           std::to_string(number) +
           R"(,"hash":"0000000000000000000000000000000000000000000000000000000000000000","problems":[]})";
}

std::string EchoAgent::found(const std::string& request_id) {
    return R"({"reply_to":"lookup","request_id":")" + request_id +
           R"(","collection":"members","outcome":"found","source":"mirror","as_of":"2026-11-20T10:31:00Z",)"
           R"("stale":false,"record":{"member_id":"M00000000","name":"Ada Ahrens","tier":"gold","phone":)"
           R"("+49 171 00000000","email":"m00000000@example.com","card_barcode":"2900000000000","points":1240,)"
           R"("joined":"2019-04-02","store":"0042","language":"de","consents":{"email":true,"sms":false},)"
           R"("address":{"postcode":"10115","city":"Berlin","country":"DE"}}})";
}

Result<std::unique_ptr<EchoAgent>> EchoAgent::connect(const BrokerAddress& address, const BrokerUser& user, Say say) {
    std::unique_ptr<EchoAgent> self(new EchoAgent(std::move(say)));
    EchoAgent* agent = self.get();
    auto connection =
        BrokerConnection::connect(address, user, MqttVersion::k5, "", "",
                                  {.connected =
                                       [agent](bool granted) {
                                           if (granted) {
                                               agent->connection_->subscribe("tillkeeper/v1/tills/+/transactions");
                                               agent->connection_->subscribe("tillkeeper/v1/tills/+/lookups/+");
                                           }
                                           agent->listening_ = granted;
                                       },
                                   .message = [agent](const BrokerMessage& message) { agent->answer(message); }});
    if (!connection) return std::unexpected(std::move(connection.error()));
    self->connection_ = std::move(*connection);
    return self;
}

void EchoAgent::answer(const BrokerMessage& message) {
    ++heard_;
    const auto lookup = message.topic.find(kLookups);
    const bool asked = lookup != std::string_view::npos;
    if (!asked && !message.topic.ends_with(kTransactions)) return;
    const std::string reply = asked ? found(text_of(message.payload, R"("request_id":")"))
                                    : say_(text_of(message.payload, R"("id":")"), heard_);
    if (reply.empty()) return;
    std::string topic(message.topic.substr(0, asked ? lookup : message.topic.size() - kTransactions.size()));
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
