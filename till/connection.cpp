#include "till/connection.h"

#include <mosquitto.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "platform/linux-arm/mosquitto_message.h"
#include "till/pipe_guard.h"
#include "till/reach.h"

namespace tillkeeper::pos {
namespace {

constexpr int kQos = 1;
constexpr int kKeepaliveSeconds = 15;
constexpr int kSendMaximum = 65'535;  // HandOver keeps the window
constexpr Duration kTick = std::chrono::seconds(1);
constexpr Duration kJoinTick = std::chrono::milliseconds(50);
constexpr std::string_view kStatusTopic = "tillkeeper/v1/status";
constexpr std::string_view kOnline = R"({"state":"online"})";
constexpr std::string_view kOffline = R"({"state":"offline"})";

const char* or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

// libmosquitto makes its whole program ignore SIGPIPE. Whether a till does is its own business.
mosquitto* make_client(const std::string& id, void* self) {
    struct sigaction before{};
    sigaction(SIGPIPE, nullptr, &before);
    mosquitto* const client = mosquitto_new(id.c_str(), false, self);
    sigaction(SIGPIPE, &before, nullptr);
    return client;
}

// Never asks at a terminal for the password of a key: a till has nobody there.
int no_key_password(char*, int, int, void*) {
    return 0;
}

}  // namespace

std::string Connection::topic(const Settings& settings, std::string_view last) {
    return "tillkeeper/v1/tills/" + settings.till + "/" + std::string(last);
}

Connection::Connection(const Settings& settings, MonotonicTime now)
    : settings_(settings), client_(nullptr, mosquitto_destroy) {
    [[maybe_unused]] static const int once = mosquitto_lib_init();
    reach(now);
}

// TLS says good-bye to a connection that may be closed.
Connection::~Connection() {
    const PipeGuard guard;
    client_.reset();
}

void Connection::reach(MonotonicTime now) {
    auto addresses = addresses_of(settings_.host, settings_.port);
    if (!addresses) return lose(std::move(addresses.error().message));
    reach_.emplace(std::move(*addresses));
    decide(reach_->next(), now);
}

void Connection::decide(Result<bool> answers, MonotonicTime now) {
    if (!answers) return lose(std::move(answers.error().message));
    wake_at_ = deadline_ = now + kReachTimeout;
    if (!*answers) return;  // another address is being tried
    reach_.reset();
    join(now);
}

// The password is read each time, so that a new one is used as soon as it is there.
Result<void> Connection::identify() {
    int code = 0;
    if (settings_.password_file.empty()) {
        code = mosquitto_username_pw_set(client_.get(), settings_.till.c_str(), nullptr);
    } else {
        std::ifstream file(settings_.password_file);
        std::string password;
        if (!std::getline(file, password)) return fail(ErrorCode::kNotFound, "cannot read " + settings_.password_file);
        code = mosquitto_username_pw_set(client_.get(), settings_.till.c_str(), password.c_str());
    }
    if (code != 0) return fail(ErrorCode::kInvalid, mosquitto_text(code));
    if (settings_.plain) return {};
    // Verification of chain and host name is libmosquitto's default.
    code = mosquitto_tls_set(client_.get(), settings_.ca_file.c_str(), nullptr, or_null(settings_.certificate_file),
                             or_null(settings_.key_file), no_key_password);
    if (code != 0) return fail(ErrorCode::kInvalid, "TLS: cannot use the CA, certificate or key file");
    return {};
}

Result<void> Connection::configure() {
    client_.reset(make_client(settings_.till, this));
    mosquitto* client = client_.get();
    if (client == nullptr) return fail(ErrorCode::kInternal, "no memory for a connection");
    int code = mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    if (code == 0) code = mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    if (code == 0) code = mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, kSendMaximum);
    if (code == 0)
        code = mosquitto_will_set(client, topic(settings_, "presence").c_str(), static_cast<int>(kOffline.size()),
                                  kOffline.data(), kQos, true);
    if (code != 0) return fail(ErrorCode::kInvalid, mosquitto_text(code));
    mosquitto_connect_v5_callback_set(client, [](mosquitto*, void* self, int reason, int, const mosquitto_property*) {
        static_cast<Connection*>(self)->answered(reason);
    });
    mosquitto_message_v5_callback_set(
        client, [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property* properties) {
            static_cast<Connection*>(self)->arrived_.push_back(from_mosquitto(*message, properties));
        });
    return identify();
}

void Connection::join(MonotonicTime now) {
    if (auto done = configure(); !done) return lose(std::move(done.error().message));
    state_ = State::kJoining;
    deadline_ = now + kJoinTimeout;
    wake_at_ = now + kJoinTick;
    MosquittoProperties properties;
    int code = properties.add_seconds(MQTT_PROP_SESSION_EXPIRY_INTERVAL, kSessionLife);
    if (code == 0)
        code = mosquitto_connect_bind_v5(client_.get(), settings_.host.c_str(), settings_.port, kKeepaliveSeconds,
                                         nullptr, properties.list());
    if (code != 0) lose(mosquitto_text(code));
}

void Connection::answered(int code) {
    if (code != 0) {
        why_ = "the broker refuses this till: " + mosquitto_text(code);
        return;  // libmosquitto ends the connection now
    }
    let_in_ = true;
}

void Connection::progress(MonotonicTime now, bool ready) {
    const PipeGuard guard;
    if (state_ == State::kReaching && ready) return decide(reach_->outcome(), now);
    if (state_ == State::kReaching && now >= deadline_) return decide(reach_->next(), now);
    if (state_ == State::kJoining && now >= deadline_) return lose("nobody answers");
    if (state_ != State::kJoining && state_ != State::kOnline) return;
    int code = ready || state_ == State::kJoining ? mosquitto_loop_read(client_.get(), 1) : MOSQ_ERR_SUCCESS;
    if (code == 0) code = mosquitto_loop_write(client_.get(), 1);
    if (code == 0 && now >= wake_at_) {
        wake_at_ = now + (state_ == State::kJoining ? kJoinTick : kTick);
        code = mosquitto_loop_misc(client_.get());
    }
    if (code != 0) return lose(mosquitto_text(code));
    if (state_ == State::kOnline || !let_in_) return;
    state_ = State::kOnline;
    wake_at_ = now + kTick;
    for (const std::string& filter : {topic(settings_, "replies"), std::string(kStatusTopic)})
        mosquitto_subscribe(client_.get(), nullptr, filter.c_str(), kQos);
    MqttMessage here;
    here.topic = topic(settings_, "presence");
    here.payload = kOnline;
    here.retain = true;
    static_cast<void>(publish(here));
}

int Connection::descriptor() const {
    if (reach_) return reach_->socket();
    return client_ ? mosquitto_socket(client_.get()) : -1;
}

// While TLS shakes hands a socket is writable for ever: then progress() tries at each tick instead.
bool Connection::wants_to_write() const {
    return state_ == State::kReaching || (state_ == State::kOnline && mosquitto_want_write(client_.get()));
}

std::vector<MqttMessage> Connection::take_messages() {
    return std::exchange(arrived_, {});
}

bool Connection::publish(const MqttMessage& message) {
    const PipeGuard guard;
    if (!online()) return false;
    MosquittoProperties properties;
    int code = properties.add_properties_of(message);
    if (code == 0)
        code = mosquitto_publish_v5(client_.get(), nullptr, message.topic.c_str(),
                                    static_cast<int>(message.payload.size()), message.payload.data(), kQos,
                                    message.retain, properties.list());
    if (code != 0) lose(mosquitto_text(code));
    return code == 0;
}

void Connection::say_goodbye() {
    const PipeGuard guard;
    MqttMessage gone;
    gone.topic = topic(settings_, "presence");
    gone.payload = kOffline;
    gone.retain = true;
    if (publish(gone)) mosquitto_disconnect(client_.get());
    lose("said good-bye");
}

void Connection::lose(std::string why) {
    state_ = State::kLost;
    reach_.reset();
    if (why_.empty()) why_ = std::move(why);
}

}  // namespace tillkeeper::pos
