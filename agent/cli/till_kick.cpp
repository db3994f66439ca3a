#include "agent/cli/till_kick.h"

#include "platform/crypto.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/mosquitto_client.h"
#include "platform/linux-arm/system.h"
#include "platform/password_hash.h"

namespace tillkeeper::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr const char* kControl = "$CONTROL/dynamic-security/v1";
constexpr const char* kControlAnswers = "$CONTROL/dynamic-security/v1/response";

}  // namespace

Result<void> kick_till(MqttOptions bus, const std::string& till) {
    const auto unique = random_bytes(8);
    if (!unique) return std::unexpected(unique.error());
    bus.client_id = "tillkeeper-command-" + base64url(*unique);
    AsioEventLoop loop;
    SystemRandom random;
    const auto client = make_mqtt_client(loop, random, std::move(bus));
    Result<void> outcome = fail(ErrorCode::kUnavailable, "the broker does not answer");
    // The plugin cuts off a user whom it forgets, and to forget one it must have known it.
    const std::string order = R"({"commands":[{"command":"createClient","username":")" + till +
                              R"("},{"command":"deleteClient","username":")" + till + R"("}]})";
    MqttClient::Events events;
    events.connected = [&] {
        MqttMessage message;
        message.topic = kControl;
        message.payload = order;
        outcome = client->publish(std::move(message));
        if (!outcome) return loop.stop();
        outcome = fail(ErrorCode::kUnavailable, "the broker does not say that it is done");
    };
    events.disconnected = [&](std::string_view reason) {
        outcome = fail(ErrorCode::kUnavailable, "the broker cannot be reached: " + std::string(reason));
    };
    events.message = [&](const MqttMessage& message) {
        if (!message.payload.contains("deleteClient")) return;
        outcome = {};
        loop.stop();
    };
    client->on(std::move(events));
    client->subscribe(kControlAnswers);
    const auto limit = loop.after(kPatience, [&] { loop.stop(); });
    client->start();
    loop.run();
    return outcome;
}

}  // namespace tillkeeper::cli
