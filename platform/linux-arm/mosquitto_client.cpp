#include "platform/linux-arm/mosquitto_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>
#include <vector>

#include "platform/linux-arm/mosquitto_message.h"
#include "platform/linux-arm/mosquitto_options.h"
#include "platform/linux-arm/tcp_probe.h"

namespace tillkeeper {
namespace {

constexpr int kQos = 1;
constexpr int kKeepaliveSeconds = 15;
// After so many reads in a row timers and posted tasks get their turn.
constexpr int kReadsMax = 256;

class MosquittoClient final : public MqttClient {
  public:
    MosquittoClient(AsioEventLoop& loop, Random& random, MqttOptions options);
    ~MosquittoClient() override { mosquitto_destroy(mosquitto_); }
    MosquittoClient(const MosquittoClient&) = delete;
    MosquittoClient& operator=(const MosquittoClient&) = delete;

    void on(Events events) override { events_ = std::move(events); }
    void subscribe(std::string filter) override { filters_.push_back(std::move(filter)); }
    void start() override;
    void stop() override;
    [[nodiscard]] Result<void> publish(MqttMessage message) override;
    [[nodiscard]] bool connected() const override { return connected_; }

  private:
    void set_callbacks();
    void probe();
    void connect();
    void connection_failed(const std::string& reason);
    void retry_later();

    void receive();
    void flush();
    void flush_soon();
    void tick();

    // What libmosquitto calls back; `in_callback_` says that it may not be entered again by writing.
    void answered(int code);
    void granted(std::span<const int> answers);
    void arrived(MqttMessage message);
    void ended(int code);

    AsioEventLoop& loop_;
    Random& random_;
    const MqttOptions options_;
    mosquitto* mosquitto_;
    Events events_;
    std::vector<std::string> filters_;

    bool started_ = false;
    bool configured_ = false;
    bool connected_ = false;
    std::size_t ungranted_ = 0;  // filters that the broker has not answered for
    bool listening_ = false;     // it has, for all of them
    bool in_callback_ = false;
    int attempts_ = 0;
    std::string refused_;      // by the broker: the connection, or a filter
    std::string last_reason_;  // that was told, since the last connection
    std::size_t unacknowledged_ = 0;
    std::size_t progress_ = 0;  // counts what libmosquitto made of what it read
    std::size_t queued_ = 0;    // packets since the last flush, about
    bool answered_at_once_ = false;
    Timer flushing_;
    Timer ticking_;
    Timer retrying_;
    std::unique_ptr<TcpProbe> probe_;
    std::unique_ptr<Watch> watch_;
};

MosquittoClient::MosquittoClient(AsioEventLoop& loop, Random& random, MqttOptions options)
    : loop_(loop), random_(random), options_(std::move(options)) {
    [[maybe_unused]] static const int once = mosquitto_lib_init();
    mosquitto_ = mosquitto_new(options_.client_id.empty() ? nullptr : options_.client_id.c_str(),
                               options_.client_id.empty(), this);
    set_callbacks();
}

void MosquittoClient::set_callbacks() {
    mosquitto_connect_v5_callback_set(mosquitto_, [](mosquitto*, void* self, int code, int, const mosquitto_property*) {
        static_cast<MosquittoClient*>(self)->answered(code);
    });
    mosquitto_disconnect_v5_callback_set(mosquitto_, [](mosquitto*, void* self, int code, const mosquitto_property*) {
        static_cast<MosquittoClient*>(self)->ended(code);
    });
    mosquitto_subscribe_callback_set(mosquitto_, [](mosquitto*, void* self, int, int count, const int* answers) {
        static_cast<MosquittoClient*>(self)->granted({answers, static_cast<std::size_t>(count)});
    });
    mosquitto_publish_v5_callback_set(mosquitto_, [](mosquitto*, void* self, int, int, const mosquitto_property*) {
        auto& client = *static_cast<MosquittoClient*>(self);
        ++client.progress_;
        if (client.unacknowledged_ > 0) --client.unacknowledged_;
    });
    mosquitto_message_v5_callback_set(
        mosquitto_, [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property* list) {
            static_cast<MosquittoClient*>(self)->arrived(from_mosquitto(*message, list));
        });
}

void MosquittoClient::start() {
    started_ = true;
    attempts_ = 0;
    retrying_ = loop_.after({}, [this] { probe(); });
}

void MosquittoClient::stop() {
    started_ = false;
    retrying_.reset();
    probe_.reset();
    if (!watch_) return;
    mosquitto_disconnect(mosquitto_);
    if (in_callback_)
        flush_soon();
    else
        flush();
}

// libmosquitto's own connect waits as long as the kernel does, so make sure first that somebody answers.
void MosquittoClient::probe() {
    probe_ = std::make_unique<TcpProbe>(loop_, options_.host, options_.port, kConnectTimeout,
                                        [this](Result<void> reachable) {
                                            if (reachable)
                                                connect();
                                            else
                                                connection_failed(reachable.error().message);
                                        });
}

void MosquittoClient::connect() {
    // What fails (a CA file that is not there yet) is tried again with the next connection.
    int code = configured_ ? MOSQ_ERR_SUCCESS : configure_mosquitto(mosquitto_, options_);
    configured_ = code == 0;
    MosquittoProperties properties;
    if (code == 0) code = properties.add_seconds(MQTT_PROP_SESSION_EXPIRY_INTERVAL, kSessionLife);
    if (code == 0)
        code = mosquitto_connect_bind_v5(mosquitto_, options_.host.c_str(), options_.port, kKeepaliveSeconds, nullptr,
                                         properties.list());
    if (code == 0) {
        watch_ = loop_.watch(mosquitto_socket(mosquitto_), [this](AsioEventLoop::Ready direction) {
            if (direction == AsioEventLoop::Ready::kWritable) return flush();
            receive();
            // What the others answer in this round leaves with the acknowledgements, and with what libmosquitto says
            // itself.
            if (mosquitto_want_write(mosquitto_)) flush_soon();
        });
        if (!watch_) code = MOSQ_ERR_ERRNO;
    }
    if (code != 0) return connection_failed(mosquitto_text(code));
    ticking_ = loop_.after(std::chrono::seconds(1), [this] { tick(); });
    flush();
}

void MosquittoClient::connection_failed(const std::string& reason) {
    connected_ = false;
    const bool news = std::exchange(listening_, false) || reason != last_reason_;
    last_reason_ = reason;
    if (started_) retry_later();
    if (news && events_.disconnected) events_.disconnected(reason);
}

void MosquittoClient::retry_later() {
    const auto limit = std::min<Duration>(kReconnectMax, kReconnectFirst * (1 << std::min(attempts_, 10)));
    ++attempts_;
    const auto delay = static_cast<Duration::rep>(random_.below(static_cast<std::uint64_t>(limit.count()) + 1));
    retrying_ = loop_.after(Duration(delay), [this] { probe(); });
}

// What is answered at once leaves at once; when more has come with it, the rest gathers.
void MosquittoClient::receive() {
    bool first = true;
    for (int reads = 0; reads < kReadsMax && watch_; ++reads) {
        const std::size_t before = progress_;
        errno = 0;
        if (mosquitto_loop_read(mosquitto_, 1) != MOSQ_ERR_SUCCESS) return;
        if (progress_ == before && errno == EAGAIN) return;  // nothing more is there
        if (std::exchange(answered_at_once_, false) && std::exchange(first, false)) flush();
    }
}

// One system call per packet is libmosquitto's way; corked, they leave in full segments.
void MosquittoClient::flush() {
    flushing_.reset();
    if (!watch_) return;
    const int fd = mosquitto_socket(mosquitto_);
    int cork = std::exchange(queued_, 0) > 1 ? 1 : 0;
    if (cork != 0) setsockopt(fd, IPPROTO_TCP, TCP_CORK, &cork, sizeof cork);
    mosquitto_loop_write(mosquitto_, 1);
    if (!watch_) return;
    if (std::exchange(cork, 0) != 0) setsockopt(fd, IPPROTO_TCP, TCP_CORK, &cork, sizeof cork);
    watch_->want(true, mosquitto_want_write(mosquitto_));
}

void MosquittoClient::flush_soon() {
    if (!flushing_) flushing_ = loop_.after({}, [this] { flush(); });
}

void MosquittoClient::tick() {
    ticking_ = loop_.after(std::chrono::seconds(1), [this] { tick(); });
    mosquitto_loop_misc(mosquitto_);
    if (watch_) flush();
}

void MosquittoClient::answered(int code) {
    ++progress_;
    if (code != 0) {
        refused_ = mosquitto_text(code);
        return;  // libmosquitto ends the connection now
    }
    in_callback_ = true;
    connected_ = true;
    ungranted_ = filters_.size();
    for (const std::string& filter : filters_) mosquitto_subscribe(mosquitto_, nullptr, filter.c_str(), kQos);
    if (filters_.empty()) granted({});
    in_callback_ = false;
}

// What is published where nobody listens is lost, so nobody hears "connected" before the broker has granted all. It
// answers in the order it was asked. Rights that are wrong may be mended: come again.
void MosquittoClient::granted(std::span<const int> answers) {
    ++progress_;
    for (const int answer : answers) {
        if (answer > kQos && refused_.empty()) {
            refused_ = "the broker forbids to listen to " + filters_[filters_.size() - ungranted_];
            mosquitto_disconnect(mosquitto_);
            flush_soon();
        }
        --ungranted_;
    }
    if (ungranted_ > 0 || !refused_.empty()) return;
    attempts_ = 0;
    last_reason_.clear();
    listening_ = true;
    in_callback_ = true;
    if (events_.connected) events_.connected();
    in_callback_ = false;
}

void MosquittoClient::arrived(MqttMessage message) {
    in_callback_ = true;
    ++progress_;
    ++queued_;  // its acknowledgement
    if (events_.message) events_.message(std::move(message));
    in_callback_ = false;
}

void MosquittoClient::ended(int code) {
    in_callback_ = true;
    watch_.reset();
    ticking_.reset();
    std::string reason = std::exchange(refused_, {});
    if (reason.empty()) reason = code == 0 ? "said good-bye" : mosquitto_text(code);
    connection_failed(reason);
    in_callback_ = false;
}

Result<void> MosquittoClient::publish(MqttMessage message) {
    if (!connected_) return fail(ErrorCode::kUnavailable, "not connected to the broker");
    if (unacknowledged_ >= kUnacknowledgedMax)
        return fail(ErrorCode::kLimit, "too many messages wait for the broker's acknowledgement");
    if (message.topic.contains('\0')) return fail(ErrorCode::kInvalid, "a topic with a NUL byte");
    MosquittoProperties properties;
    int code = properties.add_properties_of(message);
    if (code == 0)
        code =
            mosquitto_publish_v5(mosquitto_, nullptr, message.topic.c_str(), static_cast<int>(message.payload.size()),
                                 message.payload.data(), kQos, message.retain, properties.list());
    if (code == MOSQ_ERR_NO_CONN) return fail(ErrorCode::kUnavailable, "not connected to the broker");
    if (code != 0) return fail(ErrorCode::kInvalid, "cannot publish: " + mosquitto_text(code));
    ++unacknowledged_;
    ++queued_;
    if (in_callback_)
        answered_at_once_ = true;  // what reads flushes
    else
        flush_soon();
    return {};
}

}  // namespace

std::unique_ptr<MqttClient> make_mqtt_client(AsioEventLoop& loop, Random& random, MqttOptions options) {
    return std::make_unique<MosquittoClient>(loop, random, std::move(options));
}

}  // namespace tillkeeper
