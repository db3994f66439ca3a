#include "tests/e2e/peers/nats_reader.h"

#include <mosquitto.h>

#include <cstdlib>

#include "tests/e2e/json.h"
#include "tests/e2e/peers/nats_cluster.h"

namespace tillkeeper::lab {
namespace {

constexpr int kRefused = 0x80;

}  // namespace

NatsReader::NatsReader(int port, const std::filesystem::path& ca_file) : client_(nullptr, mosquitto_destroy) {
    [[maybe_unused]] static const int once = mosquitto_lib_init();
    client_.reset(mosquitto_new("headquarters", false, this));
    mosquitto_username_pw_set(client_.get(), NatsCluster::kUser, NatsCluster::kPassword);
    mosquitto_tls_set(client_.get(), ca_file.c_str(), nullptr, nullptr, nullptr, nullptr);
    mosquitto_connect_callback_set(client_.get(), [](mosquitto* client, void*, int code) {
        if (code == 0) mosquitto_subscribe(client, nullptr, "stores/#", 1);
    });
    mosquitto_subscribe_callback_set(client_.get(), [](mosquitto* client, void* self, int, int, const int* granted) {
        static_cast<NatsReader*>(self)->subscribed_ = granted[0] != kRefused;
        if (granted[0] == kRefused) mosquitto_disconnect(client);
    });
    mosquitto_message_callback_set(client_.get(), [](mosquitto*, void* self, const mosquitto_message* message) {
        static_cast<NatsReader*>(self)->take(
            {static_cast<const char*>(message->payload), static_cast<std::size_t>(message->payloadlen)});
    });
    mosquitto_connect(client_.get(), "127.0.0.1", port, 60);
}

void NatsReader::read() {
    for (std::int64_t before = arrivals_ + 1; before != arrivals_;) {
        before = arrivals_;
        if (mosquitto_loop(client_.get(), 0, 1) == MOSQ_ERR_SUCCESS) continue;
        subscribed_ = false;
        mosquitto_reconnect(client_.get());
    }
}

void NatsReader::take(std::string_view text) {
    ++arrivals_;
    const auto event = Json::parse(text);
    const auto id = event["id"].text();
    if (!ids_.insert(id).second) return;
    const auto number = std::strtoll(event["journalnumber"].text().c_str(), nullptr, 10);
    heard_[event["till"].text()].push_back({.number = number, .id = id});
}

}  // namespace tillkeeper::lab
