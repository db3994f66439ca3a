// GpioLine: an input line of a GPIO chip that says each change of itself (libgpiod, the kernel's character device).
// Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/linux-arm/asio_event_loop.h"
#include "platform/result.h"

namespace tillkeeper {

class GpioLine {
  public:
    using Changed = std::move_only_function<void(bool active)>;

    virtual ~GpioLine() = default;

    // `chip` by name, number, label or path, as `gpiodetect` shows it; `offset` of the line in it. `changed` hears how
    // the line is now at once, then each change. kNotFound, kUnavailable (somebody else has the line), kIo.
    [[nodiscard]] static Result<std::unique_ptr<GpioLine>> watch(AsioEventLoop& loop, const std::string& chip,
                                                                 unsigned offset, bool active_low, Changed changed);
};

}  // namespace tillkeeper
