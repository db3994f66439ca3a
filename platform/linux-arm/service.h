// What a service owes the machine it runs on: signals, and systemd's notify protocol (sd_notify(3)).
//
// Everything here does nothing, quietly, when there is no service supervisor.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

#include "platform/linux-arm/asio_event_loop.h"

namespace tillkeeper {

void notify_ready();
void notify_stopping();
void notify_status(const std::string& text);  // shown by systemctl status
void notify_alive();                          // feeds the watchdog
// How often systemd wants to hear notify_alive() at the least; nothing when it does not watch.
[[nodiscard]] std::optional<Duration> watchdog_interval();

// A broken connection is an error of the write that meets it, not the end of the process. Once, at start.
void ignore_broken_pipes();

class SignalWatch {
  public:
    virtual ~SignalWatch() = default;
};

// From now on these signals reach `callback`, on the loop, instead of ending the process. Call it before any thread
// is started: threads inherit that the signals are blocked. Loop thread, or before the loop runs.
[[nodiscard]] std::unique_ptr<SignalWatch> on_signal(AsioEventLoop& loop, std::initializer_list<int> signals,
                                                     std::move_only_function<void(int)> callback);

}  // namespace tillkeeper
