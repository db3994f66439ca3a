// TlsBroker: a real Mosquitto behind TLS that wants a name and a password, and a subscriber that sees all properties.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/mqtt_publisher.h"
#include "tests/cloud/pki.h"
#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"

struct mosquitto;

namespace tillkeeper::sync {

class TlsBroker {
  public:
    // `more` is added to its configuration, as lines. Name and password: "store" and "s e+c:ret%".
    explicit TlsBroker(const std::string& more = {});

    void start();  // at the same port; listens when this returns
    void kill() { process_.reset(); }
    void stop() { process_->stop(); }                // it keeps what its subscribers are to get
    void stop_answering() { process_->signal(19); }  // SIGSTOP
    void go_on() { process_->signal(18); }           // SIGCONT
    // Whoever may log in from now on.
    void allow(const std::string& name, const std::string& password);
    // `rules` of its access list from now on.
    void restrict_to(const std::string& rules);

    [[nodiscard]] MqttAddress address() const { return {.host = "127.0.0.1", .port = tls_port_}; }
    [[nodiscard]] int plain_port() const { return plain_port_; }  // for subscribers
    [[nodiscard]] std::string ca() const { return pki_.ca.string(); }

  private:
    lab::Scratch scratch_;
    cloud::Pki pki_;
    int tls_port_;
    int plain_port_;
    std::optional<lab::Process> process_;
};

struct Heard {
    std::string topic;
    std::string payload;
    std::string content_type;
    std::map<std::string, std::string> properties;
};

// Reads when it is asked to, on the caller's thread.
class Subscriber {
  public:
    // Subscribed when this returns. With a name its session outlives it, and the broker.
    Subscriber(int port, const std::string& filter, const std::string& name = {});
    ~Subscriber();
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    const std::vector<Heard>& read();

  private:
    mosquitto* mosquitto_;
    bool subscribed_ = false;
    std::vector<Heard> heard_;
};

}  // namespace tillkeeper::sync
