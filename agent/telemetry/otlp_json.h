// What requests of OTLP/HTTP in JSON have in common, whatever they carry. Values in, text out; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/telemetry/telemetry_signal.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

// Who sends it, and since when it counts.
struct TelemetryOrigin {
    std::string store{};
    std::string version{};
    WallTime started{};
};

// One request, or what is to become of it.
struct TelemetryBatch {
    std::string body{};
    std::size_t items = 0;  // points, lines or spans; 0: nothing is to be sent
};

// Items of a JSON list, with a comma between them.
class OtlpList {
  public:
    void add(std::string_view item) {
        if (!items_.empty()) items_ += ',';
        items_ += item;
    }
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] std::string text() const { return '[' + items_ + ']'; }

  private:
    std::string items_;
};

// Integers of 64 bits are texts in the JSON mapping.
[[nodiscard]] std::string otlp_integer(std::uint64_t number);
[[nodiscard]] std::string otlp_time(WallTime time);
// Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string otlp_string(std::string_view text);
// Elements of `attributes`.
[[nodiscard]] std::string otlp_attribute(std::string_view key, std::string_view value);
[[nodiscard]] std::string otlp_attribute(std::string_view key, std::uint64_t value);
// The whole request, with who sends it.
[[nodiscard]] std::string otlp_request(TelemetrySignal signal, const TelemetryOrigin& origin, const OtlpList& items);

}  // namespace tillkeeper::agent
