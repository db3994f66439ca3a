#include "agent/cli/till_kick.h"

#include <netdb.h>
#include <sys/socket.h>

#include <memory>

#include "agent/cli/json_view.h"
#include "agent/config/descriptor.h"
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

std::optional<Result<void>> answer_to(const std::string& ours, const std::string& words) {
    const JsonDocument document(words);
    for (const auto each : document.root().at("responses").children()) {
        if (each.text("command") != "deleteClient" || each.text("correlationData") != ours) continue;
        if (const auto error = each.text("error"); !error.empty())
            return fail(ErrorCode::kUnavailable, "the broker says: " + error);
        return Result<void>();
    }
    return std::nullopt;
}

bool somebody_listens(const MqttOptions& bus) {
    addrinfo wish{};
    wish.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(bus.host.c_str(), std::to_string(bus.port).c_str(), &wish, &found) != 0) return false;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    for (; found != nullptr; found = found->ai_next) {
        const agent::Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(socket.get(), found->ai_addr, found->ai_addrlen) == 0) return true;
    }
    return false;
}

Result<void> kick_till(MqttOptions bus, const std::string& till) {
    const auto unique = random_bytes(8);
    if (!unique) return std::unexpected(unique.error());
    bus.client_id = "tillkeeper-command-" + base64url(*unique);
    AsioEventLoop loop;
    SystemRandom random;
    const auto client = make_mqtt_client(loop, random, std::move(bus));
    Result<void> outcome = fail(ErrorCode::kUnavailable, "the broker does not answer");
    // The plugin cuts off a user whom it forgets, and to forget one it must have known it.
    const std::string ours = base64url(*unique);
    const std::string order = R"({"commands":[{"command":"createClient","username":")" + till +
                              R"("},{"command":"deleteClient","username":")" + till + R"(","correlationData":")" +
                              ours + R"("}]})";
    MqttClient::Events events;
    events.connected = [&] {
        // Its will does not speak when the broker itself ends the connection.
        MqttMessage presence{.topic = "tillkeeper/v1/tills/" + till + "/presence", .payload = R"({"state":"offline"})"};
        presence.retain = true;
        outcome = client->publish(std::move(presence));
        if (!outcome) return loop.stop();
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
        const auto said = answer_to(ours, message.payload);
        if (!said) return;  // another's
        outcome = *said;
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
