#include "tests/e2e/bus_peer.h"

#include <utility>

namespace tillkeeper::lab {

Result<std::unique_ptr<BusPeer>> BusPeer::connect(const Broker& broker, const std::string& user,
                                                  till::MqttVersion version, const std::string& filter) {
    std::unique_ptr<BusPeer> peer(new BusPeer);
    auto* self = peer.get();
    const till::BrokerAddress address{.host = "127.0.0.1", .port = broker.port(), .ca_file = {}};
    auto made = till::BrokerConnection::connect(
        address, {user, Broker::password_of(user)}, version, "", "",
        {.connected = [self](bool granted) { self->granted_ = granted; },
         .message =
             [self](const till::BrokerMessage& message) {
                 self->heard_.push_back(
                     {std::string(message.topic), std::string(message.payload), message.correlation_data});
             }});
    if (!made) return std::unexpected(made.error());
    peer->connection_ = std::move(*made);
    if (!peer->turn_until([&] { return self->granted_.has_value(); }, std::chrono::seconds(20)) || !*peer->granted_)
        return fail(ErrorCode::kUnavailable, "the broker does not let " + user + " in");
    // The broker takes one client's packets in order: what is said next is answered to this subscription.
    peer->connection_->subscribe(filter);
    return peer;
}

bool BusPeer::say(const std::string& topic, std::string_view payload, const std::string& correlation_data,
                  const std::string& response_topic, const std::string& traceparent) {
    return connection_->publish(topic, payload, false, correlation_data, response_topic, traceparent);
}

bool BusPeer::retain(const std::string& topic, std::string_view payload) {
    return connection_->publish(topic, payload, true);
}

std::optional<Heard> BusPeer::hear(std::chrono::milliseconds limit) {
    if (!turn_until([&] { return !heard_.empty(); }, limit)) return std::nullopt;
    Heard first = std::move(heard_.front());
    heard_.pop_front();
    return first;
}

pollfd BusPeer::waits_for() const {
    const short events = connection_->wants_to_write() ? POLLIN | POLLOUT : POLLIN;
    return {connection_->descriptor(), events, 0};
}

bool BusPeer::serve(short events) {
    if ((events & POLLIN) != 0 && !connection_->read()) return false;
    return !connection_->wants_to_write() || connection_->write();
}

bool BusPeer::turn_until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
        pollfd polled = waits_for();
        ::poll(&polled, 1, 20);
        if (!serve(polled.revents)) break;
    }
    return condition();
}

}  // namespace tillkeeper::lab
