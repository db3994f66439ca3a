// DeliverySlot: a lane of a Delivery, and what is on its way for it. Values; thread: the sync loop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "platform/http.h"
#include "platform/mqtt_publisher.h"
#include "sync/lane.h"
#include "sync/request_trace.h"
#include "sync/steps.h"

namespace tillkeeper::sync {

struct DeliverySlot {
    DeliverySlot(LaneLimits limits, bool outside) : lane(limits), outside_order(outside) {}
    Lane lane;
    bool outside_order;  // carries ready held ones, not what the cursor counts
    std::unique_ptr<HttpCall> call{};
    std::unique_ptr<MqttExchange> exchange{};  // with kMqtt, in place of `call`
    std::uint64_t token_generation = 0;
    bool nonce_waits = false;  // the service wants a nonce in the proof, but not now: no word against the token
    StepsAttempt attempt{};
    RequestTrace trace{};                        // of `call`
    std::vector<RequestTrace> message_traces{};  // of `exchange`, one for each message

    [[nodiscard]] bool asks() const { return call || exchange; }
    // Of what is on its way: the network swallows it (HttpCall::unheard()).
    [[nodiscard]] bool unheard() const { return call ? call->unheard() : exchange && exchange->unheard(); }
};

}  // namespace tillkeeper::sync
