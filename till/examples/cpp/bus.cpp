#include "bus.h"

#include <mqtt_protocol.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <utility>

namespace {

using Seconds = std::chrono::duration<double>;

constexpr int kQos = 1;
constexpr int kKeepaliveSeconds = 15;
constexpr std::uint32_t kSessionExpirySeconds = 7 * 24 * 3600;
const std::string kOnline = R"({"state":"online"})";
const std::string kOffline = R"({"state":"offline"})";

}  // namespace

double between(double low, double high) {
    thread_local std::mt19937_64 random{std::random_device{}()};
    return std::uniform_real_distribution(low, high)(random);
}

Bus::Bus(BusOptions options)
    : options_(std::move(options)),
      topic_("tillkeeper/v1/tills/" + options_.till + "/"),
      client_((mosquitto_lib_init(), mosquitto_new(options_.till.c_str(), false, this)), mosquitto_destroy) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to closed connections
    configure();
    thread_ = std::thread([this] { run(); });
}

Bus::~Bus() {
    publish_presence(kOffline);
    mosquitto_disconnect(client_.get());  // leaves after it
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    news_.notify_all();
    thread_.join();
}

void Bus::configure() {
    mosquitto* client = client_.get();
    std::string password;
    std::ifstream file(options_.password_file);
    if (client == nullptr || !std::getline(file, password)) throw std::runtime_error("cannot read the password file");
    mosquitto_threaded_set(client, true);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_username_pw_set(client, options_.till.c_str(), password.c_str());
    if (mosquitto_tls_set(client, options_.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr) != MOSQ_ERR_SUCCESS)
        throw std::runtime_error("cannot read the CA file");
    mosquitto_will_set(client, (topic_ + "presence").c_str(), static_cast<int>(kOffline.size()), kOffline.data(), kQos,
                       true);
    mosquitto_connect_v5_callback_set(client, [](mosquitto*, void* self, int reason, int, const mosquitto_property*) {
        static_cast<Bus*>(self)->connected(reason);
    });
    mosquitto_message_v5_callback_set(
        client, [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property* properties) {
            static_cast<Bus*>(self)->heard(*message, properties);
        });
}

// Not mosquitto_loop_start(): its thread ends for good when TLS fails once.
void Bus::run() {
    mosquitto_property* session = nullptr;
    mosquitto_property_add_int32(&session, MQTT_PROP_SESSION_EXPIRY_INTERVAL, kSessionExpirySeconds);
    int code = mosquitto_connect_bind_v5(client_.get(), options_.host.c_str(), options_.port, kKeepaliveSeconds,
                                         nullptr, session);
    mosquitto_property_free_all(&session);
    double pause = between(0.2, 1);
    for (;;) {
        while (code == MOSQ_ERR_SUCCESS) code = mosquitto_loop(client_.get(), 1000, 1);
        std::unique_lock lock(mutex_);
        if (std::exchange(online_, false)) pause = between(0.2, 1);
        if (!closing_) std::cerr << "the bus: " + std::string(mosquitto_strerror(code)) + "\n";
        if (news_.wait_for(lock, Seconds(pause), [this] { return closing_; })) return;
        lock.unlock();
        pause = std::min(pause * 2, between(15, 30));
        code = mosquitto_reconnect(client_.get());
    }
}

void Bus::connected(int reason) {
    if (reason != 0) {
        std::cerr << "the broker refuses this till: " + std::string(mosquitto_reason_string(reason)) + "\n";
        return;
    }
    mosquitto_subscribe(client_.get(), nullptr, (topic_ + "replies").c_str(), kQos);
    publish_presence(kOnline);
    const std::lock_guard lock(mutex_);
    online_ = true;
    events_.push_back({true});
    news_.notify_all();
}

void Bus::heard(const mosquitto_message& message, const mosquitto_property* properties) {
    Event event;
    event.answer.assign(static_cast<const char*>(message.payload), static_cast<std::size_t>(message.payloadlen));
    void* id = nullptr;
    std::uint16_t size = 0;
    if (mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &id, &size, false) != nullptr)
        event.id.assign(static_cast<const char*>(id), size);
    std::free(id);
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    news_.notify_all();
}

bool Bus::send(const Kept& kept) {
    {
        const std::lock_guard lock(mutex_);
        if (!online_) return false;
    }
    mosquitto_property* properties = nullptr;
    mosquitto_property_add_binary(&properties, MQTT_PROP_CORRELATION_DATA, kept.id.data(),
                                  static_cast<std::uint16_t>(kept.id.size()));
    mosquitto_property_add_string(&properties, MQTT_PROP_CONTENT_TYPE, "application/json");
    const int code =
        mosquitto_publish_v5(client_.get(), nullptr, (topic_ + "transactions").c_str(),
                             static_cast<int>(kept.document.size()), kept.document.data(), kQos, false, properties);
    mosquitto_property_free_all(&properties);
    return code == MOSQ_ERR_SUCCESS;
}

std::optional<Event> Bus::next(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    if (!news_.wait_for(lock, wait, [this] { return !events_.empty(); })) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
}

void Bus::publish_presence(const std::string& state) {
    mosquitto_publish(client_.get(), nullptr, (topic_ + "presence").c_str(), static_cast<int>(state.size()),
                      state.data(), kQos, true);
}
