// bus-recorder: hears everything on a till bus and appends it to a file; see message_file.h. Makes the file READY
// when it listens. Reconnects for ever; SIGTERM ends it.
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "tests/contract/message_file.h"

namespace {

using tillkeeper::contract::MessageFile;

constexpr const char* kEverything = "tillkeeper/v1/#";
constexpr int kReconnectPauseMs = 20;
volatile std::sig_atomic_t asked_to_end = 0;

struct Options {
    std::string host = "127.0.0.1";
    int port = 1883;
    std::string user = "tillkeeper";
    std::string password_file;
    std::string ca_file;
    std::string out;
    std::string ready;
};

struct Recording {
    MessageFile file;
    std::string ready;
    std::string run;
};

void connected(mosquitto* client, void*, int reason, int, const mosquitto_property*) {
    // As published: only so a message tells whether it is to be retained.
    if (reason == 0) mosquitto_subscribe_v5(client, nullptr, kEverything, 1, MQTT_SUB_OPT_RETAIN_AS_PUBLISHED, nullptr);
}

void subscribed(mosquitto*, void* self, int, int, const int*, const mosquitto_property*) {
    std::ofstream made(static_cast<Recording*>(self)->ready);
}

void heard(mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property* properties) {
    tillkeeper::MqttMessage copy;
    copy.topic = message->topic;
    copy.payload.assign(static_cast<const char*>(message->payload), static_cast<std::size_t>(message->payloadlen));
    copy.retain = message->retain;
    void* bytes = nullptr;
    std::uint16_t size = 0;
    if (mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &bytes, &size, false) != nullptr) {
        copy.correlation_data.assign(static_cast<const char*>(bytes), size);
        std::free(bytes);
    }
    auto* recording = static_cast<Recording*>(self);
    static_cast<void>(recording->file.add(copy, recording->run, message->qos));
}

int record(const Options& options) {
    auto file = MessageFile::open(options.out);
    if (!file) return std::cerr << "bus-recorder: " << file.error().message << '\n', 1;
    std::string password;
    std::getline(std::ifstream(options.password_file) >> std::ws, password);
    const std::string name = "recorder-" + std::to_string(::getpid());
    Recording recording{std::move(*file), options.ready, name};
    mosquitto_lib_init();
    const std::unique_ptr<mosquitto, void (*)(mosquitto*)> client(mosquitto_new(name.c_str(), true, &recording),
                                                                  mosquitto_destroy);
    mosquitto_int_option(client.get(), MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_username_pw_set(client.get(), options.user.c_str(), password.c_str());
    if (!options.ca_file.empty())
        mosquitto_tls_set(client.get(), options.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr);
    mosquitto_connect_v5_callback_set(client.get(), connected);
    mosquitto_subscribe_v5_callback_set(client.get(), subscribed);
    mosquitto_message_v5_callback_set(client.get(), heard);
    mosquitto_connect(client.get(), options.host.c_str(), options.port, 60);
    while (asked_to_end == 0) {
        if (mosquitto_loop(client.get(), 100, 1) == MOSQ_ERR_SUCCESS) continue;
        ::poll(nullptr, 0, kReconnectPauseMs);
        mosquitto_reconnect(client.get());
    }
    mosquitto_disconnect(client.get());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Writes down everything that is said on a till bus.", "bus-recorder");
    app.add_option("--host", options.host)->capture_default_str();
    app.add_option("--port", options.port)->capture_default_str();
    app.add_option("--user", options.user, "one that may read everything")->capture_default_str();
    app.add_option("--password-file", options.password_file, "its password, on one line")->required();
    app.add_option("--ca", options.ca_file, "the CA of the broker's certificate; without: no TLS");
    app.add_option("--out", options.out, "where to append")->required();
    app.add_option("--ready", options.ready, "made when it listens")->required();
    CLI11_PARSE(app, argc, argv);
    std::signal(SIGTERM, [](int) { asked_to_end = 1; });
    return record(options);
}
