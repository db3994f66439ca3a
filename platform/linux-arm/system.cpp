#include "platform/linux-arm/system.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace tillkeeper {
namespace {

// No clock that was set properly says an earlier time than this.
constexpr WallTime kEarliest = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

Duration read_clock(clockid_t id) {
    timespec now{};
    clock_gettime(id, &now);
    return std::chrono::seconds(now.tv_sec) +
           std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(now.tv_nsec));
}

// The first line of a small file, or "".
std::string first_line(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string random_boot_id() {
    constexpr char kDigits[] = "0123456789abcdef";
    SystemRandom random;
    std::string id;
    while (id.size() < 32) id += kDigits[random.below(16)];
    return id;
}

class LinuxDevice final : public Device {
  public:
    LinuxDevice(std::string root, std::string clock_set_file)
        : root_(std::move(root)), clock_set_file_(std::move(clock_set_file)), real_(root_ == "/") {
        boot_id_ = first_line(root_ / "proc/sys/kernel/random/boot_id");
        std::erase(boot_id_, '-');
        // Without procfs each start of the program counts as a boot: monotonic times are then never compared.
        if (boot_id_.size() != 32) boot_id_ = random_boot_id();
    }

    [[nodiscard]] std::string boot_id() const override { return boot_id_; }

    [[nodiscard]] bool clock_trusted() const override {
        if (SystemClock().wall() < kEarliest) return false;
        std::error_code ignored;
        return std::filesystem::exists(root_ / "run/systemd/timesync/synchronized", ignored) ||
               first_line(root_ / "sys/class/rtc/rtc0/hctosys") == "1" || (real_ && kernel_synchronized()) ||
               (!clock_set_file_.empty() && std::filesystem::exists(clock_set_file_, ignored));
    }

    [[nodiscard]] bool has_link() const override {
        ifaddrs* all = nullptr;
        if (getifaddrs(&all) != 0) return true;  // nobody knows, so nobody claims that the cable is out
        const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(all, &freeifaddrs);
        constexpr unsigned kThere = IFF_UP | IFF_RUNNING;
        for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next)
            if ((each->ifa_flags & kThere) == kThere && (each->ifa_flags & IFF_LOOPBACK) == 0) return true;
        return false;
    }

    [[nodiscard]] Result<std::uint64_t> disk_free_bytes(const std::string& path) const override {
        struct statvfs status{};
        if (statvfs(path.c_str(), &status) != 0)
            return fail(ErrorCode::kIo, "cannot ask for free space at " + path + ": " + std::strerror(errno));
        return std::uint64_t{status.f_bavail} * std::uint64_t{status.f_frsize};
    }

  private:
    [[nodiscard]] static bool kernel_synchronized() {
        timex state{};
        return adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
    }

    const std::filesystem::path root_;
    const std::filesystem::path clock_set_file_;
    const bool real_;
    std::string boot_id_;
};

}  // namespace

WallTime SystemClock::wall() const {
    return WallTime(read_clock(CLOCK_REALTIME));
}

MonotonicTime SystemClock::monotonic() const {
    return MonotonicTime(read_clock(CLOCK_BOOTTIME));
}

Duration local_offset(WallTime time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    const auto moment = static_cast<time_t>(seconds);
    tm local{};
    if (moment != seconds || localtime_r(&moment, &local) == nullptr) return {};
    return std::chrono::seconds(local.tm_gmtoff);
}

std::uint64_t SystemRandom::next() {
    if (left_ == 0) {
        auto* at = reinterpret_cast<char*>(buffer_.data());
        const auto got = getrandom(at, sizeof buffer_, 0);
        // Cannot fail for such a size on a kernel that has the call; guessable nonces would be worse than an end.
        if (got != sizeof buffer_) std::abort();
        left_ = buffer_.size();
    }
    return std::exchange(buffer_[--left_], 0);
}

std::unique_ptr<Device> make_device(std::string root, std::string clock_set_file) {
    return std::make_unique<LinuxDevice>(std::move(root), std::move(clock_set_file));
}

}  // namespace tillkeeper
