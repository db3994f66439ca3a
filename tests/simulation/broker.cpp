#include "tests/simulation/broker.h"

#include <utility>

namespace tillkeeper::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kKeptMax = 1000;  // for a daemon that is away
constexpr std::string_view kTills = "tillkeeper/v1/tills/";

}  // namespace

class Broker::Client final : public MqttClient {
  public:
    explicit Client(Broker& broker) : broker_(&broker) {}
    ~Client() override {
        if (broker_ != nullptr && broker_->client_ == this) broker_->lose_daemon(true);
    }

    void on(Events events) override { events_ = std::move(events); }
    void subscribe(std::string) override {}
    void start() override { try_to_connect(); }
    void stop() override {
        stopped_ = true;
        retry_.reset();
        if (broker_ != nullptr && broker_->client_ == this) broker_->lose_daemon(false);
        connected_ = false;
    }
    [[nodiscard]] bool connected() const override { return connected_; }
    [[nodiscard]] Result<void> publish(MqttMessage message) override {
        broker_->on_said(message);
        if (!connected_) return fail(ErrorCode::kUnavailable, "not connected to the broker");
        broker_->from_daemon_.push_back(std::move(message));
        broker_->pump_from_daemon();
        return {};
    }

    void try_to_connect() {
        retry_ = broker_->schedule_.till.after(milliseconds(1 + broker_->random_.below(400)), [this] {
            if (!broker_->up_) return try_to_connect();
            connected_ = true;
            broker_->client_ = this;
            broker_->session_ = true;
            broker_->trace_.add(broker_->schedule_.clock.since_start(), "broker", "the daemon is connected");
            events_.connected();
            broker_->pump_to_daemon();
            broker_->pump_from_daemon();
        });
    }
    void lost() {
        connected_ = false;
        broker_->schedule_.till.post([this] {
            events_.disconnected("the broker went away");
            try_to_connect();
        });
    }
    void hear(MqttMessage message) {
        broker_->schedule_.till.post([this, message = std::move(message)]() mutable {
            if (stopped_) return;
            broker_->on_handed_over(message);
            events_.message(std::move(message));
        });
    }

  private:
    Broker* broker_;
    Events events_;
    Timer retry_;
    bool connected_ = false;
    bool stopped_ = false;
};

Broker::Broker(Schedule& schedule, Random& random, Trace& trace)
    : schedule_(schedule), random_(random), trace_(trace) {}

Broker::~Broker() = default;

std::unique_ptr<MqttClient> Broker::make_client() {
    return std::make_unique<Client>(*this);
}

bool Broker::publish(MqttMessage message) {
    if (!tills_connected()) return false;
    // Without a session nobody has subscribed: the broker takes it and nobody gets it.
    if (!session_ || to_daemon_.size() >= kKeptMax) return true;
    if (random_.below(50) == 0) to_daemon_.push_back(message);  // at least once
    to_daemon_.push_back(std::move(message));
    pump_to_daemon();
    return true;
}

void Broker::pump_to_daemon() {
    if (pumping_to_ || client_ == nullptr || to_daemon_.empty()) return;
    pumping_to_ = true;
    schedule_.world.later(microseconds(50 + random_.below(1500)), [this] {
        pumping_to_ = false;
        if (client_ == nullptr || to_daemon_.empty()) return;
        client_->hear(std::move(to_daemon_.front()));
        to_daemon_.pop_front();
        pump_to_daemon();
    });
}

void Broker::pump_from_daemon() {
    if (pumping_from_ || client_ == nullptr || from_daemon_.empty()) return;
    pumping_from_ = true;
    schedule_.world.later(microseconds(50 + random_.below(1500)), [this] {
        pumping_from_ = false;
        if (client_ == nullptr || from_daemon_.empty()) return;
        const MqttMessage message = std::move(from_daemon_.front());
        from_daemon_.pop_front();
        if (random_.below(50) == 0) from_daemon_.push_front(message);  // its acknowledgement was lost: it comes again
        route(message);
        pump_from_daemon();
    });
}

void Broker::route(const MqttMessage& message) {
    if (message.retain) status = message;
    if (!message.topic.starts_with(kTills)) return;
    const std::string rest = message.topic.substr(kTills.size());
    const auto till = tills_.find(rest.substr(0, rest.find('/')));
    if (till != tills_.end() && tills_connected()) till->second(message);
}

void Broker::lose_daemon(bool with_will) {
    client_ = nullptr;
    from_daemon_.clear();
    if (with_will) status = {.topic = "tillkeeper/v1/status", .payload = "{\"state\":\"offline\"}", .retain = true};
    trace_.add(schedule_.clock.since_start(), "broker", "the daemon is gone");
    on_daemon_lost();
}

void Broker::crash() {
    if (!up_) return;
    up_ = false;
    session_ = false;
    to_daemon_.clear();  // what the daemon's client has not got an acknowledgement for, it sends again
    status = {};
    trace_.add(schedule_.clock.since_start(), "broker", "is killed");
    if (Client* client = std::exchange(client_, nullptr)) client->lost();
}

void Broker::come_back() {
    if (up_) return;
    up_ = true;
    tills_back_ = schedule_.clock.since_start() + milliseconds(random_.below(300));
    trace_.add(schedule_.clock.since_start(), "broker", "is back");
}

}  // namespace tillkeeper::simulation
