// RequestSpan: one request to a destination, or one message to a broker, as a trace tells of it. Values: no id of a
// transaction or a person, nothing of a body.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "platform/clock.h"
#include "sync/destination_kind.h"

namespace tillkeeper::sync {

struct RequestSpan {
    std::string traceparent{};  // as the request carried it: its trace, its own span, its flags
    std::string parent{};       // the till's span, 16 hex digits; "": the request begins the trace
    std::string destination{};
    DestinationKind kind = DestinationKind::kHttp;
    WallTime began{};
    Duration took{};
    std::size_t transactions = 0;  // in the request
    std::size_t delivered = 0;     // of these
    int status = 0;                // of the HTTP answer; 0: none came
    // "delivered", "partly", "rejected", "again" or "unauthorised"; "answered": a step after which another one comes.
    std::string outcome{};
    std::string cause{};  // as DestinationStatus::cause, where nothing was delivered

    [[nodiscard]] bool failed() const { return outcome != "delivered" && outcome != "answered"; }
};

// Hears of each request that has ended and whose trace is sampled (W3C trace flags). Sync loop; must be quick.
using RequestTracer = std::function<void(const RequestSpan&)>;

}  // namespace tillkeeper::sync
