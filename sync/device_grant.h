// The device grant (RFC 8628): a box without keyboard or browser is let in by a person with a phone. Pure: what the
// server's answers mean, and when to ask again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/clock.h"
#include "platform/http.h"
#include "platform/result.h"

namespace tillkeeper::sync {

// Section 3.2. Addresses are https, and all but the device code is fit to be shown: visible ASCII.
struct DeviceCodes {
    std::string device_code;
    std::string user_code;
    std::string address;           // verification_uri
    std::string complete_address;  // verification_uri_complete; may be empty
    Duration lifetime{};
    Duration interval = std::chrono::seconds(5);
};
// kInvalid says what is missing; repeats nothing of the body.
[[nodiscard]] Result<DeviceCodes> read_device_codes(std::string_view body);

enum class PollStep : std::uint8_t {
    kWait,     // until next()
    kGranted,  // the answer brings the tokens
    kDenied,   // the person said no
    kExpired,  // nobody said anything in time
    kFailed,   // the server will not, whoever confirms it
};

// When to ask whether the person has decided (section 3.5). Nothing that may pass ends it before the codes expire.
class DevicePolling {
  public:
    DevicePolling(const DeviceCodes& codes, MonotonicTime now)
        : expires_(now + codes.lifetime), interval_(codes.interval), next_(now + interval_) {}

    [[nodiscard]] MonotonicTime next() const { return next_; }
    // What the token endpoint answered at `now`.
    [[nodiscard]] PollStep heard(const HttpResponse& response, MonotonicTime now);

  private:
    [[nodiscard]] PollStep wait_from(MonotonicTime now);

    MonotonicTime expires_;
    Duration interval_;
    MonotonicTime next_;
};

}  // namespace tillkeeper::sync
