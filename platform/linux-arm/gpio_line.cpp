#include "platform/linux-arm/gpio_line.h"

#include <gpiod.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tillkeeper {
namespace {

constexpr const char* kConsumer = "tillkeeper-box";

class WatchedLine final : public GpioLine {
  public:
    using Chip = std::unique_ptr<gpiod_chip, decltype([](gpiod_chip* chip) { gpiod_chip_close(chip); })>;

    WatchedLine(Chip chip, gpiod_line* line, Changed changed)
        : chip_(std::move(chip)), line_(line), changed_(std::move(changed)) {}

    Result<void> begin(AsioEventLoop& loop) {
        watch_ = loop.watch(gpiod_line_event_get_fd(line_), [this](AsioEventLoop::Ready) { read(); });
        if (!watch_) return fail(ErrorCode::kIo, "no descriptor is left for the GPIO line");
        tell_now_ = loop.after({}, [this] { tell(); });
        return {};
    }

  private:
    void read() {
        gpiod_line_event event{};
        if (gpiod_line_event_read(line_, &event) == 0) tell();
    }
    // How the line is now, not what the event said: one may have been lost, this is true.
    void tell() {
        const int value = gpiod_line_get_value(line_);
        if (value >= 0) changed_(value == 1);
    }

    Chip chip_;  // owns the line
    gpiod_line* line_;
    Changed changed_;
    std::unique_ptr<Watch> watch_;
    Timer tell_now_;
};

}  // namespace

Result<std::unique_ptr<GpioLine>> GpioLine::watch(AsioEventLoop& loop, const std::string& chip, unsigned offset,
                                                  bool active_low, Changed changed) {
    WatchedLine::Chip opened(gpiod_chip_open_lookup(chip.c_str()));
    if (!opened)
        return fail(ErrorCode::kNotFound,
                    "GPIO chip " + chip + ": " + std::strerror(errno) + "; `gpiodetect` names them");
    gpiod_line* line = gpiod_chip_get_line(opened.get(), offset);
    if (line == nullptr)
        return fail(ErrorCode::kNotFound, "GPIO chip " + chip + " has no line " + std::to_string(offset));
    const int flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    if (gpiod_line_request_both_edges_events_flags(line, kConsumer, flags) != 0)
        return fail(errno == EBUSY ? ErrorCode::kUnavailable : ErrorCode::kIo,
                    "line " + std::to_string(offset) + " of GPIO chip " + chip + ": " + std::strerror(errno));
    auto made = std::make_unique<WatchedLine>(std::move(opened), line, std::move(changed));
    if (auto begun = made->begin(loop); !begun) return std::unexpected(begun.error());
    return made;
}

}  // namespace tillkeeper
