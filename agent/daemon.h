// Daemon: everything tillkeeperd does, put together on the loops of whatever machine it is given: Linux
// (linux_process.h) or a simulated one in virtual time (tests/simulation).
//
//   till loop     the bus, the page
//   journal loop  the writer                  (never blocks anybody else)
//   sync loop     destinations, the control socket's answers
//   slow loop     the hash of a PIN            (waits nearly always)
//
// Ownership: the machine outlives it. It is destroyed when none of the loops runs any more.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/config/config.h"
#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "platform/hardware.h"
#include "platform/http.h"
#include "platform/http_server.h"
#include "platform/log.h"
#include "platform/mqtt.h"
#include "platform/mqtt_publisher.h"
#include "platform/random.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

struct Machine {
    EventLoop& till_loop;
    EventLoop& journal_loop;
    EventLoop& sync_loop;
    const Clock& clock;
    const Device& device;
    MqttClient& mqtt;                  // of the till loop, made with bus_options()
    HttpClient& http;                  // of the sync loop
    Random& random;                    // of the sync loop
    storage::JournalOptions disk{};    // how the journal uses it; folder, key and device come from elsewhere
    storage::WriterOptions writing{};  // all but the retention, which the configuration says
    // Makes a way to a broker that is a destination; of the sync loop. Needed where the configuration names one.
    std::function<std::unique_ptr<MqttPublisher>(MqttBroker)> publisher{};
    // How far the store's time is ahead of UTC at that moment; without it people are shown UTC. Any thread.
    std::function<Duration(WallTime)> zone{};
    // Where what takes seconds is computed, one after the other; without it on the sync loop.
    EventLoop* slow_loop = nullptr;
    const Hardware* hardware = nullptr;  // of the sync loop; without it nothing is known of the box
};

// The bus connection of this configuration: with the client id, and the will that tells when the daemon is gone.
[[nodiscard]] MqttOptions bus_options(const Config& config);

class Daemon {
  public:
    // Opens the journal and makes every part; nothing is accepted yet. Errors say what, where and what to do.
    [[nodiscard]] static Result<std::unique_ptr<Daemon>> make(Config config, Machine machine);
    virtual ~Daemon() = default;

    // From now on sales are taken and delivered. Till loop, once, when all loops run or are about to. `failed`: it
    // cannot go on and should be finished; till loop.
    virtual void start(std::move_only_function<void(Error)> failed) = 0;
    // Writes and answers everything handed over so far, leaves the bus, then calls `finished`. Till loop, once.
    virtual void finish(Task finished) = 0;

    // Who wants to hear what is logged; null: nobody. It lives as long as the daemon.
    [[nodiscard]] virtual LogObserver* log_observer() = 0;

    // One request to the page server. Till loop.
    virtual void page(ServerRequest request, HttpServer::Reply reply) = 0;
    // One request to the control socket. Sync loop.
    virtual void control(ServerRequest request, HttpServer::Reply reply) = 0;
};

}  // namespace tillkeeper::agent
