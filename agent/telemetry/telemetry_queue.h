// TelemetryQueue: lines or spans that wait for their turn at the collector, as they will be sent. Any thread; nobody
// waits for anything but a copy.
//
// Bounded. When it is full the newest ones are dropped: what a trouble begins with says more about it than its
// thousandth repetition.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "agent/telemetry/otlp_json.h"

namespace tillkeeper::agent {

class TelemetryQueue {
  public:
    static constexpr std::size_t kItemsMax = 2000;
    static constexpr std::size_t kBytesMax = std::size_t{1} << 20;
    static constexpr std::size_t kItemsAtOnce = 500;
    static constexpr std::size_t kBytesAtOnce = std::size_t{256} << 10;

    TelemetryQueue(TelemetrySignal signal, std::atomic<std::uint64_t>& dropped) : signal_(signal), dropped_(dropped) {}

    void add(std::string item);
    // The oldest ones, as a request; without items when there are none.
    [[nodiscard]] TelemetryBatch take(const TelemetryOrigin& origin);

  private:
    [[nodiscard]] std::deque<std::string> take();

    const TelemetrySignal signal_;
    std::atomic<std::uint64_t>& dropped_;
    std::mutex mutex_;
    std::deque<std::string> items_;
    std::size_t bytes_ = 0;
};

}  // namespace tillkeeper::agent
