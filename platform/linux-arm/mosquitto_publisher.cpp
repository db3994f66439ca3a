#include "platform/linux-arm/mosquitto_publisher.h"

#include <mqtt_protocol.h>

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>

#include "platform/linux-arm/mosquitto_connection.h"

namespace tillkeeper {
namespace {

using End = MosquittoConnection::End;

// What another node of the cluster may take all the same.
bool speaks_of_this_node(const End& end) {
    return end.refused == 0 || end.refused == MQTT_RC_SERVER_UNAVAILABLE || end.refused == MQTT_RC_SERVER_BUSY ||
           end.refused == MQTT_RC_USE_ANOTHER_SERVER || end.refused == MQTT_RC_SERVER_MOVED ||
           end.refused == MQTT_RC_QUOTA_EXCEEDED || end.refused == MQTT_RC_CONNECTION_RATE_EXCEEDED;
}

// What is published together, on its way.
struct Batch {
    std::uint64_t number = 0;  // never used again
    MqttLogin login;
    std::vector<MqttPublication> messages;
    MqttPublisher::Callback done;
    MqttOutcome outcome{};
    std::map<int, std::size_t> places{};  // by message id, of what waits for its acknowledgement
    bool sent = false;
    bool over = false;
    Timer deadline{};
};

class MosquittoPublisher final : public MqttPublisher, public MosquittoConnection::Listener {
  public:
    MosquittoPublisher(AsioEventLoop& loop, HttpClient& http, MqttBroker broker)
        : loop_(loop), http_(http), broker_(std::move(broker)) {}

    [[nodiscard]] std::unique_ptr<MqttExchange> publish(MqttLogin login, std::vector<MqttPublication> messages,
                                                        Duration timeout, Callback done) override;

  private:
    class Exchange final : public MqttExchange {
      public:
        Exchange(MosquittoPublisher& publisher, std::uint64_t number) : publisher_(publisher), number_(number) {}
        ~Exchange() override {
            publisher_.batches_.remove_if([this](const Batch& each) { return each.number == number_; });
        }
        Exchange(const Exchange&) = delete;
        Exchange& operator=(const Exchange&) = delete;
        [[nodiscard]] bool unheard() const override { return publisher_.unheard(); }

      private:
        MosquittoPublisher& publisher_;
        const std::uint64_t number_;
    };

    void heard(MosquittoConnection::News news) override;
    void advance();
    void advance_soon();
    void connect(const MqttLogin& login);
    void try_address();
    void next_address() { address_ = (address_ + 1) % broker_.addresses.size(); }
    void not_connected(const End& end);
    void send(Batch& batch);
    void acknowledge(int id, int reason);
    void timed_out(std::uint64_t number);
    void lose_connection(const End& end, bool sent_only);
    void finish_some();
    [[nodiscard]] bool in_flight() const;
    [[nodiscard]] bool unheard() const;

    AsioEventLoop& loop_;
    HttpClient& http_;
    const MqttBroker broker_;
    std::uint64_t numbers_ = 0;
    std::list<Batch> batches_;
    std::size_t address_ = 0;  // the next one to try, or the one in use
    std::size_t tried_ = 0;    // in this attempt to connect
    MqttLogin login_;          // of this attempt
    std::unique_ptr<HttpCall> probe_;
    std::unique_ptr<MosquittoConnection> connection_;  // up, or about to be
    Timer connecting_;                                 // ends an attempt that takes too long
    Timer soon_;
};

std::unique_ptr<MqttExchange> MosquittoPublisher::publish(MqttLogin login, std::vector<MqttPublication> messages,
                                                          Duration timeout, Callback done) {
    const std::uint64_t number = ++numbers_;
    Batch& batch = batches_.emplace_back(
        Batch{.number = number, .login = std::move(login), .messages = std::move(messages), .done = std::move(done)});
    batch.outcome.acknowledged.assign(batch.messages.size(), MqttOutcome::kSilence);
    batch.deadline = loop_.after(timeout, [this, number] { timed_out(number); });
    advance_soon();
    return std::make_unique<Exchange>(*this, number);
}

bool MosquittoPublisher::in_flight() const {
    return std::ranges::any_of(batches_, [](const Batch& batch) { return batch.sent && !batch.over; });
}

// All go the same way.
bool MosquittoPublisher::unheard() const {
    return probe_ ? probe_->unheard() : connection_ && connection_->unheard();
}

void MosquittoPublisher::advance_soon() {
    if (!soon_) soon_ = loop_.after({}, [this] { advance(); });
}

// What waits goes out where its login is in force; another login's waits until nothing is in flight.
void MosquittoPublisher::advance() {
    soon_.reset();
    finish_some();
    if (probe_ || (connection_ && !connection_->up())) return;
    for (Batch& batch : batches_) {
        if (batch.sent) continue;
        if (connection_ && connection_->login() == batch.login) {
            send(batch);
            continue;
        }
        if (in_flight()) return;
        return connect(batch.login);
    }
}

void MosquittoPublisher::connect(const MqttLogin& login) {
    connection_.reset();
    login_ = login;
    tried_ = 0;
    try_address();
}

void MosquittoPublisher::try_address() {
    const MqttAddress& address = broker_.addresses[address_];
    const std::string host = address.host.contains(':') ? '[' + address.host + ']' : address.host;
    HttpRequest request;
    request.url = "https://" + host + ':' + std::to_string(address.port);
    request.connect_only = true;
    request.connect_timeout = request.total_timeout = broker_.connect_timeout;
    request.ca_file = broker_.ca_file;
    ++tried_;
    probe_ = http_.send(std::move(request), [this, address](const HttpResponse& response) {
        const auto ended = std::move(probe_);
        if (response.failure != TransportFailure::kNone)
            return not_connected({.failure = response.failure, .text = response.failure_text, .refused = 0});
        connection_ = std::make_unique<MosquittoConnection>(loop_, broker_, address, login_, *this);
        connecting_ = loop_.after(broker_.connect_timeout, [this] {
            not_connected({.failure = TransportFailure::kTimeout, .text = "the broker does not answer", .refused = 0});
        });
    });
}

// The next address begins the next attempt as well: this one may be down for long.
void MosquittoPublisher::not_connected(const End& end) {
    connecting_.reset();
    connection_.reset();
    const bool node = speaks_of_this_node(end);
    if (node) next_address();
    if (node && tried_ < broker_.addresses.size()) return try_address();
    lose_connection(end, false);
}

void MosquittoPublisher::heard(MosquittoConnection::News news) {
    for (const auto& [id, reason] : news.acknowledged) acknowledge(id, reason);
    if (news.up) connecting_.reset();
    if (!news.end) return advance();
    if (connecting_) return not_connected(*news.end);
    if (speaks_of_this_node(*news.end)) next_address();
    lose_connection(*news.end, in_flight());  // one that carried nothing is not tried again and again
}

void MosquittoPublisher::send(Batch& batch) {
    batch.sent = true;
    for (std::size_t place = 0; place < batch.messages.size(); ++place) {
        const auto sent = connection_->publish(batch.messages[place]);
        if (sent.reason == 0)
            batch.places.emplace(sent.id, place);
        else
            batch.outcome.acknowledged[place] = sent.reason;
    }
    batch.messages.clear();
    batch.over = batch.places.empty();
    if (batch.over) advance_soon();
}

void MosquittoPublisher::acknowledge(int id, int reason) {
    for (Batch& batch : batches_) {
        const auto place = batch.places.find(id);
        if (place == batch.places.end()) continue;
        batch.outcome.acknowledged[place->second] = reason;
        batch.places.erase(place);
        batch.over = batch.over || batch.places.empty();
        return;
    }
}

void MosquittoPublisher::timed_out(std::uint64_t number) {
    const auto batch = std::ranges::find(batches_, number, &Batch::number);
    if (batch == batches_.end()) return;
    const auto failure = unheard() ? TransportFailure::kNoRoute : TransportFailure::kTimeout;
    if (batch->sent) {
        next_address();
        return lose_connection({.failure = failure, .text = "the broker does not acknowledge in time", .refused = 0},
                               true);
    }
    batch->over = true;  // it waited for a connection, or for others to end
    batch->outcome.failure = failure;
    batch->outcome.failure_text = "there was no connection to the broker in time";
    advance_soon();
}

// What was sent over it gets no further answer. `sent_only`: what was not sent yet tries another one.
void MosquittoPublisher::lose_connection(const End& end, bool sent_only) {
    connection_.reset();
    for (Batch& batch : batches_) {
        if (batch.over || (sent_only && !batch.sent)) continue;
        batch.over = true;
        batch.outcome.failure = end.failure;
        batch.outcome.failure_text = end.text;
        batch.outcome.refused = end.refused;
    }
    advance();
}

// Whoever is told may publish, or forget others, meanwhile.
void MosquittoPublisher::finish_some() {
    for (;;) {
        const auto found = std::ranges::find(batches_, true, &Batch::over);
        if (found == batches_.end()) return;
        Batch finished = std::move(*found);
        batches_.erase(found);
        finished.done(std::move(finished.outcome));
    }
}

}  // namespace

std::unique_ptr<MqttPublisher> make_mqtt_publisher(AsioEventLoop& loop, HttpClient& http, MqttBroker broker) {
    return std::make_unique<MosquittoPublisher>(loop, http, std::move(broker));
}

}  // namespace tillkeeper
