#include "tests/sync/tls_broker.h"

#include <gtest/gtest.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>

#include "tests/e2e/ports.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::sync {
namespace {

constexpr const char* kName = "store";
constexpr const char* kPassword = "s e+c:ret%";

std::string text_of(const mosquitto_property* list, int which) {
    char* value = nullptr;
    if (mosquitto_property_read_string(list, which, &value, false) == nullptr) return {};
    std::string text(value);
    free(value);
    return text;
}

Heard heard_of(const mosquitto_message& message, const mosquitto_property* list) {
    Heard heard{
        .topic = message.topic,
        .payload = std::string(static_cast<const char*>(message.payload), static_cast<std::size_t>(message.payloadlen)),
        .content_type = text_of(list, MQTT_PROP_CONTENT_TYPE),
        .properties = {}};
    char* name = nullptr;
    char* value = nullptr;
    bool again = false;
    for (const auto* at = list;
         (at = mosquitto_property_read_string_pair(at, MQTT_PROP_USER_PROPERTY, &name, &value, again)) != nullptr;
         again = true) {
        heard.properties[name] = value;
        free(name);
        free(value);
    }
    return heard;
}

}  // namespace

TlsBroker::TlsBroker(const std::string& more)
    : scratch_(lab::Scratch::make("tls-broker").value()),
      pki_(cloud::prepare_pki(scratch_.path() / "pki").value()),
      tls_port_(lab::free_port()),
      plain_port_(lab::free_port()) {
    const std::string folder = scratch_.path().string();
    const std::string user = geteuid() == 0 ? "user root\n" : "";
    allow(kName, kPassword);
    EXPECT_TRUE(lab::write_file(folder + "/acl", "pattern readwrite #\n"));
    EXPECT_TRUE(lab::write_file(
        folder + "/broker.conf",
        "per_listener_settings true\npersistence true\npersistence_location " + folder + "/\n" + user + more +
            "\nlistener " + std::to_string(plain_port_) + " 127.0.0.1\nallow_anonymous true\nlistener " +
            std::to_string(tls_port_) + " 127.0.0.1\ncertfile " + pki_.chain.string() + "\nkeyfile " +
            pki_.server_key.string() + "\npassword_file " + folder + "/users\nacl_file " + folder + "/acl\n"));
    start();
}

void TlsBroker::start() {
    const std::string folder = scratch_.path().string();
    lab::ProcessOptions options;
    options.command = {"/usr/sbin/mosquitto", "-c", folder + "/broker.conf"};
    options.output = options.errors = folder + "/log";
    process_ = std::move(*lab::Process::start(options));
    const auto listens = [&] { return lab::listening(tls_port_) && lab::listening(plain_port_); };
    EXPECT_TRUE(lab::wait_until(listens, std::chrono::seconds(20))) << lab::read_file(options.errors);
}

void TlsBroker::allow(const std::string& name, const std::string& password) {
    const std::string file = (scratch_.path() / "users").string();
    const auto made = lab::run_command({"mosquitto_passwd", "-b", "-c", file, name, password}, scratch_.path());
    EXPECT_TRUE(made && made->status == 0);
    if (process_) process_->signal(SIGHUP);
}

void TlsBroker::restrict_to(const std::string& rules) {
    EXPECT_TRUE(lab::write_file(scratch_.path() / "acl", rules));
    process_->signal(SIGHUP);
}

Subscriber::Subscriber(int port, const std::string& filter, const std::string& name)
    : mosquitto_(mosquitto_new(name.empty() ? nullptr : name.c_str(), name.empty(), this)) {
    mosquitto_int_option(mosquitto_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_subscribe_callback_set(mosquitto_, [](mosquitto*, void* self, int, int, const int*) {
        static_cast<Subscriber*>(self)->subscribed_ = true;
    });
    mosquitto_message_v5_callback_set(
        mosquitto_, [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property* list) {
            static_cast<Subscriber*>(self)->heard_.push_back(heard_of(*message, list));
        });
    mosquitto_property* session = nullptr;
    mosquitto_property_add_int32(&session, MQTT_PROP_SESSION_EXPIRY_INTERVAL, name.empty() ? 0 : 3600);
    EXPECT_EQ(mosquitto_connect_bind_v5(mosquitto_, "127.0.0.1", port, 60, nullptr, session), MOSQ_ERR_SUCCESS);
    mosquitto_property_free_all(&session);
    EXPECT_EQ(mosquitto_subscribe(mosquitto_, nullptr, filter.c_str(), 1), MOSQ_ERR_SUCCESS);
    EXPECT_TRUE(lab::wait_until([&] { return read(), subscribed_; }, std::chrono::seconds(20)));
}

Subscriber::~Subscriber() {
    mosquitto_destroy(mosquitto_);
}

const std::vector<Heard>& Subscriber::read() {
    mosquitto_loop(mosquitto_, 1, 100);
    return heard_;
}

}  // namespace tillkeeper::sync
