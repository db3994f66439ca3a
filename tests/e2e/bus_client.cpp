#include "tests/e2e/bus_client.h"

#include <poll.h>

namespace tillkeeper::lab {

BusClient::BusClient(const till::BrokerAddress& address, const till::BrokerUser& user, const BusWill& will) {
    auto made = till::BrokerConnection::connect(
        address, user, till::MqttVersion::k5, will.topic, will.payload,
        {.connected = [this](bool yes) { granted_ = yes; },
         .message =
             [this](const till::BrokerMessage& message) {
                 heard_.insert(std::string(message.topic) + '=' + std::string(message.payload));
             }});
    if (!made) {
        granted_ = false;
        lost_ = true;
        return;
    }
    connection_ = std::move(*made);
    static_cast<void>(turn_until([this] { return granted_.has_value(); }, std::chrono::seconds(20)));
}

bool BusClient::publish(const std::string& topic, std::string_view payload, bool retain) {
    return connection_ && connection_->publish(topic, payload, retain);
}

bool BusClient::lost_within(std::chrono::milliseconds limit) {
    return turn_until([this] { return lost_; }, limit);
}

bool BusClient::hears(const std::string& topic, std::chrono::milliseconds limit) {
    return turn_until(
        [&] {
            const auto found = heard_.lower_bound(topic + '=');
            return found != heard_.end() && found->starts_with(topic + '=');
        },
        limit);
}

bool BusClient::turn_until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition() && !lost_ && std::chrono::steady_clock::now() < deadline) {
        pollfd polled{connection_->descriptor(), POLLIN, 0};
        if (connection_->wants_to_write()) polled.events |= POLLOUT;
        ::poll(&polled, 1, 10);
        if ((polled.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !connection_->read()) lost_ = true;
        if (!lost_ && connection_->wants_to_write() && !connection_->write()) lost_ = true;
        if (connection_->descriptor() < 0) lost_ = true;  // the broker said good-bye
    }
    return condition();
}

}  // namespace tillkeeper::lab
