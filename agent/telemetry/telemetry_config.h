// The table [telemetry] of the configuration.
#pragma once

#include <string>

#include "agent/telemetry/telemetry_signal.h"
#include "platform/http.h"

namespace tillkeeper::agent {

struct TelemetryConfig {
    std::string url{};      // of the collector, without the path
    std::string ca_file{};  // "": the system's certificate store
    HttpHeaders headers{};  // secret
    Duration every = std::chrono::seconds(60);
    BySignal<bool> sends{};
};

}  // namespace tillkeeper::agent
