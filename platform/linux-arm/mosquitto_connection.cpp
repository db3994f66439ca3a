#include "platform/linux-arm/mosquitto_connection.h"

#include <openssl/ssl.h>

#include <cerrno>

#include "platform/linux-arm/mosquitto_message.h"
#include "platform/linux-arm/tcp_silence.h"

namespace tillkeeper {
namespace {

constexpr int kQos = 1;
constexpr int kKeepaliveSeconds = 60;
constexpr std::chrono::seconds kTick{5};
// libmosquitto walks over what waits for its acknowledgement; a broker that takes fewer at once says so, and is heeded.
constexpr int kSendMaximum = 100;

// CONNACK of 3.1.1 (section 3.2.2.3) in the codes of MQTT 5.
int reason_of_return_code(int code) {
    switch (code) {
        case 1:
            return MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION;
        case 2:
            return MQTT_RC_CLIENTID_NOT_VALID;
        case 3:
            return MQTT_RC_SERVER_UNAVAILABLE;
        case 4:
            return MQTT_RC_BAD_USERNAME_OR_PASSWORD;
        case 5:
            return MQTT_RC_NOT_AUTHORIZED;
        default:
            return code;
    }
}

TransportFailure failure_of(int code) {
    switch (code) {
        case MOSQ_ERR_TLS:
            return TransportFailure::kTls;
        case MOSQ_ERR_EAI:
        case MOSQ_ERR_LOOKUP:
            return TransportFailure::kNoDns;
        case MOSQ_ERR_KEEPALIVE:
            return TransportFailure::kTimeout;
        default:
            return TransportFailure::kBroken;
    }
}

int reason_of_refusal(int code) {
    switch (code) {
        case MOSQ_ERR_OVERSIZE_PACKET:
        case MOSQ_ERR_PAYLOAD_SIZE:
            return MQTT_RC_PACKET_TOO_LARGE;
        case MOSQ_ERR_QOS_NOT_SUPPORTED:
            return MQTT_RC_QOS_NOT_SUPPORTED;
        case MOSQ_ERR_INVAL:
        case MOSQ_ERR_MALFORMED_UTF8:
            return MQTT_RC_TOPIC_NAME_INVALID;
        default:
            return MQTT_RC_IMPLEMENTATION_SPECIFIC;
    }
}

int add(MosquittoProperties& properties, const MqttPublication& message) {
    int code = MOSQ_ERR_SUCCESS;
    if (!message.content_type.empty()) code = properties.add_text(MQTT_PROP_CONTENT_TYPE, message.content_type);
    for (const auto& [name, value] : message.user_properties)
        if (code == MOSQ_ERR_SUCCESS) code = properties.add_pair(name, value);
    return code;
}

}  // namespace

MosquittoConnection::MosquittoConnection(AsioEventLoop& loop, const MqttBroker& broker, MqttAddress address,
                                         MqttLogin login, Listener& listener)
    : loop_(loop),
      address_(std::move(address)),
      login_(std::move(login)),
      version5_(broker.version5),
      listener_(listener) {
    [[maybe_unused]] static const int once = mosquitto_lib_init();
    mosquitto_ = mosquitto_new(broker.client_id.c_str(), true, this);
    set_callbacks();
    soon_ = loop_.after({}, [this, broker] { begin(broker); });
}

MosquittoConnection::~MosquittoConnection() {
    over_ = true;  // what is called back from here on tells nobody
    watch_.reset();
    if (up_) mosquitto_disconnect(mosquitto_);
    mosquitto_destroy(mosquitto_);
}

void MosquittoConnection::set_callbacks() {
    mosquitto_connect_v5_callback_set(mosquitto_, [](mosquitto*, void* self, int code, int, const mosquitto_property*) {
        static_cast<MosquittoConnection*>(self)->answered(code);
    });
    mosquitto_disconnect_v5_callback_set(mosquitto_, [](mosquitto*, void* self, int code, const mosquitto_property*) {
        static_cast<MosquittoConnection*>(self)->ended(code);
    });
    mosquitto_publish_v5_callback_set(mosquitto_,
                                      [](mosquitto*, void* self, int id, int reason, const mosquitto_property*) {
                                          auto& connection = *static_cast<MosquittoConnection*>(self);
                                          ++connection.progress_;
                                          connection.news_.acknowledged.emplace_back(id, reason);
                                      });
}

int MosquittoConnection::configure(const MqttBroker& broker) {
    int code =
        mosquitto_int_option(mosquitto_, MOSQ_OPT_PROTOCOL_VERSION, version5_ ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
    if (code == 0) code = mosquitto_int_option(mosquitto_, MOSQ_OPT_TCP_NODELAY, 1);
    if (code == 0) code = mosquitto_int_option(mosquitto_, MOSQ_OPT_SEND_MAXIMUM, kSendMaximum);
    if (code == 0 && !login_.username.empty())
        code = mosquitto_username_pw_set(mosquitto_, login_.username.c_str(),
                                         login_.password.empty() ? nullptr : login_.password.c_str());
    if (code == 0 && broker.ca_file.empty())
        code = mosquitto_int_option(mosquitto_, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    else if (code == 0)
        code = mosquitto_tls_set(mosquitto_, broker.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr);
    if (code == 0) code = mosquitto_tls_opts_set(mosquitto_, SSL_VERIFY_PEER, "tlsv1.2", nullptr);  // or later
    return code;
}

void MosquittoConnection::begin(const MqttBroker& broker) {
    int code = configure(broker);
    if (code == 0)
        code =
            mosquitto_connect_bind_async(mosquitto_, address_.host.c_str(), address_.port, kKeepaliveSeconds, nullptr);
    if (code == 0) {
        watch_ =
            loop_.watch(mosquitto_socket(mosquitto_), [this](AsioEventLoop::Ready direction) { ready(direction); });
        if (!watch_) code = MOSQ_ERR_ERRNO;
    }
    if (code != 0) {
        ended(code);
        return tell();
    }
    watch_->want(true, true);
    ticking_ = loop_.after(kTick, [this] { tick(); });
}

void MosquittoConnection::ready(AsioEventLoop::Ready direction) {
    const int code = direction == AsioEventLoop::Ready::kWritable ? mosquitto_loop_write(mosquitto_, 1) : read();
    if (code != MOSQ_ERR_SUCCESS) ended(code);
    watch_again();
    tell();
}

// Until nothing more is there: what TLS has already unpacked makes no socket readable.
int MosquittoConnection::read() {
    for (;;) {
        const std::size_t before = progress_;
        errno = 0;
        const int code = mosquitto_loop_read(mosquitto_, 1);
        if (code != MOSQ_ERR_SUCCESS || over_) return code;
        if (progress_ == before && errno == EAGAIN) return MOSQ_ERR_SUCCESS;
    }
}

void MosquittoConnection::tick() {
    ticking_ = loop_.after(kTick, [this] { tick(); });
    if (const int code = mosquitto_loop_misc(mosquitto_); code != MOSQ_ERR_SUCCESS) ended(code);
    watch_again();
    tell();
}

void MosquittoConnection::watch_again() {
    if (over_)
        watch_.reset();
    else if (watch_)
        watch_->want(true, mosquitto_want_write(mosquitto_));
}

void MosquittoConnection::answered(int code) {
    ++progress_;
    if (code != 0) {
        refused_ = version5_ ? code : reason_of_return_code(code);
        return;  // libmosquitto ends the connection now
    }
    up_ = true;
    news_.up = true;
}

void MosquittoConnection::ended(int code) {
    if (std::exchange(over_, true)) return;
    up_ = false;
    ticking_.reset();
    if (code >= MQTT_RC_UNSPECIFIED) refused_ = code;
    const bool said = refused_ != 0;
    news_.end =
        End{.failure = said ? TransportFailure::kBroken : failure_of(code),
            .text = "the broker " + (said ? "says: " + mosquitto_text(refused_)
                                          : "is gone: " + mosquitto_text(code == 0 ? MOSQ_ERR_CONN_LOST : code)),
            .refused = refused_};
}

// Last of all: this may be gone afterwards.
void MosquittoConnection::tell() {
    if (!news_.up && news_.acknowledged.empty() && !news_.end) return;
    listener_.heard(std::exchange(news_, {}));
}

bool MosquittoConnection::unheard() const {
    return watch_ && sends_in_vain(mosquitto_socket(mosquitto_));
}

MosquittoConnection::Sent MosquittoConnection::publish(const MqttPublication& message) {
    if (message.topic.empty() || message.topic.contains('\0')) return {.id = 0, .reason = MQTT_RC_TOPIC_NAME_INVALID};
    MosquittoProperties properties;
    int code = version5_ ? add(properties, message) : MOSQ_ERR_SUCCESS;
    Sent sent;
    if (code == 0)
        code =
            mosquitto_publish_v5(mosquitto_, &sent.id, message.topic.c_str(), static_cast<int>(message.payload.size()),
                                 message.payload.data(), kQos, false, properties.list());
    const bool broken = code == MOSQ_ERR_NO_CONN || code == MOSQ_ERR_CONN_LOST || code == MOSQ_ERR_ERRNO;
    if (broken) ended(code);
    if (code != 0 && !broken) sent.reason = reason_of_refusal(code);
    if (over_) soon_ = loop_.after({}, [this] { tell(); });
    watch_again();
    return sent;
}

}  // namespace tillkeeper
