// The connection to the till bus: TLS, MQTT 5, a persistent session, presence. It has a thread of its own, for to
// connect may take as long as the network likes, and it comes back by itself, for ever.
#pragma once

#include <mosquitto.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "outbox.h"

struct Event {
    bool connected = false;  // else it is an answer
    std::string id = {};
    std::string answer = {};
};

struct BusOptions {
    std::string host;
    int port;
    std::string ca_file;
    std::string till;
    std::string password_file;
};

// Anywhere between the two, so that a store's tills do not all do the same in the same second.
double between(double low, double high);

class Bus {
  public:
    explicit Bus(BusOptions options);
    // Says good-bye if somebody is there to hear it; else the will has spoken already.
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    // False without a connection: the client must not pile up copies. A "connected" will come.
    bool send(const Kept& kept);
    // The next thing that happened; nothing when nothing did for so long.
    std::optional<Event> next(std::chrono::milliseconds wait);

  private:
    void configure();
    void run();
    void connected(int reason);
    void heard(const mosquitto_message& message, const mosquitto_property* properties);
    void publish_presence(const std::string& state);

    BusOptions options_;
    std::string topic_;
    std::unique_ptr<mosquitto, void (*)(mosquitto*)> client_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<Event> events_;
    bool online_ = false;
    bool closing_ = false;
    std::thread thread_;
};
