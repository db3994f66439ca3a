#include "platform/linux-arm/sysfs_light.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace tillkeeper {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSlowMilliseconds = "1000";
constexpr const char* kFastMilliseconds = "125";

class SysfsLight final : public Light {
  public:
    explicit SysfsLight(fs::path folder) : folder_(std::move(folder)) {}

    Result<void> show(Blink blink) override {
        std::error_code none;
        if (!fs::is_directory(folder_, none))
            return fail(ErrorCode::kNotFound, folder_.string() + " is not there; `ls /sys/class/leds` names the lamps");
        if (blink == Blink::kSlow || blink == Blink::kFast)
            return shine_by("timer", blink == Blink::kSlow ? kSlowMilliseconds : kFastMilliseconds);
        if (auto quiet = write("trigger", "none"); !quiet) return quiet;
        return write("brightness", blink == Blink::kSteady ? brightest() : "0");
    }

  private:
    Result<void> shine_by(const char* trigger, const char* milliseconds) {
        auto done = write("trigger", trigger);
        for (const char* part : {"delay_on", "delay_off"})
            if (done) done = write(part, milliseconds);
        return done;
    }

    [[nodiscard]] std::string brightest() const {
        std::ifstream file(folder_ / "max_brightness");
        std::string most;
        file >> most;
        return most.empty() ? "1" : most;
    }

    // The kernel takes a value in one write; it makes no files, and neither do we.
    [[nodiscard]] Result<void> write(const char* part, std::string_view value) const {
        const auto path = folder_ / part;
        const int file = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
        const bool written =
            file >= 0 && ::write(file, value.data(), value.size()) == static_cast<ssize_t>(value.size());
        const int reason = errno;
        if (file >= 0) ::close(file);
        if (written) return {};
        return fail(ErrorCode::kIo, "cannot set " + path.string() + ": " + std::strerror(reason));
    }

    const fs::path folder_;
};

}  // namespace

std::unique_ptr<Light> make_light(const std::string& sysfs, const std::string& name) {
    return std::make_unique<SysfsLight>(fs::path(sysfs) / "class/leds" / name);
}

}  // namespace tillkeeper
