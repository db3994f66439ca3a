// MosquittoConnection: one connection of libmosquitto to a broker elsewhere, from its beginning to its end.
//
// Clean session, TLS always. It never blocks but for looking up the name, and writes at once.
// Thread: the loop's. Whoever listens may destroy it while it is told something.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/linux-arm/asio_event_loop.h"
#include "platform/mqtt_publisher.h"

struct mosquitto;

namespace tillkeeper {

class MosquittoConnection {
  public:
    struct End {
        TransportFailure failure = TransportFailure::kBroken;
        std::string text{};
        int refused = 0;  // as in MqttOutcome
    };
    struct News {
        bool up = false;
        std::vector<std::pair<int, int>> acknowledged{};  // message id, reason code
        std::optional<End> end{};                         // nothing comes after it
    };
    class Listener {
      public:
        virtual ~Listener() = default;
        virtual void heard(News news) = 0;  // never from inside a call of ours
    };

    MosquittoConnection(AsioEventLoop& loop, const MqttBroker& broker, MqttAddress address, MqttLogin login,
                        Listener& listener);
    ~MosquittoConnection();  // says good-bye where it is up
    MosquittoConnection(const MosquittoConnection&) = delete;
    MosquittoConnection& operator=(const MosquittoConnection&) = delete;

    // Where the connection breaks meanwhile, the message has an id and no acknowledgement.
    struct Sent {
        int id = 0;
        int reason = 0;  // not 0: it cannot be sent, as a broker would have said
    };
    [[nodiscard]] Sent publish(const MqttPublication& message);
    [[nodiscard]] bool up() const { return up_; }
    [[nodiscard]] bool unheard() const;  // as HttpCall::unheard()
    [[nodiscard]] const MqttLogin& login() const { return login_; }

  private:
    void set_callbacks();
    [[nodiscard]] int configure(const MqttBroker& broker);
    void begin(const MqttBroker& broker);
    void ready(AsioEventLoop::Ready direction);
    [[nodiscard]] int read();
    void tick();
    void watch_again();
    void answered(int code);
    void ended(int code);
    void tell();

    AsioEventLoop& loop_;
    const MqttAddress address_;
    const MqttLogin login_;
    const bool version5_;
    Listener& listener_;
    mosquitto* mosquitto_;
    bool up_ = false;
    bool over_ = false;
    int refused_ = 0;
    std::size_t progress_ = 0;  // counts what libmosquitto made of what it read
    News news_;
    Timer soon_;
    Timer ticking_;
    std::unique_ptr<Watch> watch_;
};

}  // namespace tillkeeper
