// How a Delivery of kind mqtt speaks with its broker: a batch is so many messages, and each is answered for itself.
#include <algorithm>
#include <span>
#include <utility>

#include "sync/delivery.h"
#include "sync/mqtt_answer.h"

namespace tillkeeper::sync {
namespace {

std::string_view traceparent_of(const MqttPublication& message) {
    const auto found =
        std::ranges::find(message.user_properties, "traceparent", [](const auto& each) { return each.first; });
    return found == message.user_properties.end() ? std::string_view() : std::string_view(found->second);
}

// What was said about one of the messages.
BatchAnswer of_one(const BatchAnswer& read, std::size_t place) {
    if (read.items.empty()) return {.answer = read.answer, .items = {}};
    return {.answer = read.answer, .items = {read.items[place]}};
}

}  // namespace

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
    slot.message_traces.assign(messages.size(), {});
    for (std::size_t i = 0; i < messages.size(); ++i)
        slot.message_traces[i].leaves(sync_, *config_, std::span(slot.lane.in_flight()).subspan(i, 1),
                                      traceparent_of(messages[i]));
    MqttLogin login{.username = config_->mqtt.username, .password = config_->mqtt.password};
    if (!wallet_->token().empty()) {
        if (login.username.empty()) login.username = config_->oauth.client_id;
        login.password = wallet_->token();
    }
    slot.exchange = publisher_->publish(std::move(login), std::move(messages), config_->request_timeout,
                                        [this, &slot](const MqttOutcome& outcome) {
                                            const auto ended = std::move(slot.exchange);
                                            auto read = read_mqtt_answer(outcome, config_->mqtt.needs_subscriber);
                                            for (std::size_t i = 0; i < slot.message_traces.size(); ++i)
                                                slot.message_traces[i].ends(sync_, of_one(read, i));
                                            finish(slot, failure_of(outcome), std::move(read));
                                            pump();
                                        });
}

}  // namespace tillkeeper::sync
