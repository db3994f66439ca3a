// NetworkSwitch: the way to the cloud, which people in the store can cut. While it is off every request is answered at
// once with kByStaff, and nothing leaves the box. What is under way when it is turned off comes to its end.
// Ownership: client and loop outlive it, it outlives the publishers. Thread: the loop.
#pragma once

#include <memory>

#include "platform/event_loop.h"
#include "platform/http.h"
#include "platform/mqtt_publisher.h"

namespace tillkeeper::sync {

class NetworkSwitch final : public HttpClient {
  public:
    NetworkSwitch(HttpClient& http, EventLoop& loop) : http_(http), loop_(loop) {}

    void turn(bool on) { on_ = on; }
    [[nodiscard]] bool on() const { return on_; }

    [[nodiscard]] std::unique_ptr<HttpCall> send(HttpRequest request, Callback done) override;
    // A publisher that heeds the switch too.
    [[nodiscard]] std::unique_ptr<MqttPublisher> behind(std::unique_ptr<MqttPublisher> publisher);

  private:
    HttpClient& http_;
    EventLoop& loop_;
    bool on_ = true;
};

}  // namespace tillkeeper::sync
