// How a Delivery of kind mqtt speaks with its broker: a batch is so many messages, and each is answered for itself.
#include <utility>

#include "sync/delivery.h"
#include "sync/mqtt_answer.h"

namespace tillkeeper::sync {

Result<void> Delivery::prepare_publisher() {
    if (config_->kind != DestinationKind::kMqtt) return {};
    if (!sync_.publisher || config_->mqtt.addresses.empty())
        return fail(ErrorCode::kInvalid, config_->name + ": there is no way to a broker");
    MqttBroker broker{.addresses = config_->mqtt.addresses,
                      .client_id = config_->mqtt.client_id,
                      .version5 = config_->mqtt.version5,
                      .ca_file = config_->ca_file};
    if (broker.client_id.empty()) broker.client_id = "tillkeeper-" + sync_.store_id + '-' + config_->name;
    publisher_ = sync_.publisher(std::move(broker));
    return {};
}

void Delivery::publish(Slot& slot) {
    auto messages = programs_.builder.messages(slot.lane.in_flight(), sync_.random);
    note_turn(slot);
    for (const auto& message : messages) pace_.sent(message.payload.size(), sync_.clock.monotonic(), sync_.random);
    MqttLogin login{.username = config_->mqtt.username, .password = config_->mqtt.password};
    if (!wallet_->token().empty()) {
        if (login.username.empty()) login.username = config_->oauth.client_id;
        login.password = wallet_->token();
    }
    slot.exchange = publisher_->publish(
        std::move(login), std::move(messages), config_->request_timeout, [this, &slot](const MqttOutcome& outcome) {
            const auto ended = std::move(slot.exchange);
            finish(slot, failure_of(outcome), read_mqtt_answer(outcome, config_->mqtt.needs_subscriber));
            pump();
        });
}

}  // namespace tillkeeper::sync
