#include "platform/linux-arm/service.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace tillkeeper {
namespace {

class SignalDescriptor final : public SignalWatch {
  public:
    SignalDescriptor(AsioEventLoop& loop, int fd, std::move_only_function<void(int)> callback)
        : fd_(fd), callback_(std::move(callback)) {
        watch_ = loop.watch(fd_, [this](AsioEventLoop::Ready) { receive(); });
        if (watch_) watch_->want(true, false);
    }
    ~SignalDescriptor() override { close(fd_); }

  private:
    void receive() {
        signalfd_siginfo info{};
        if (read(fd_, &info, sizeof info) == sizeof info) callback_(static_cast<int>(info.ssi_signo));
    }

    const int fd_;
    std::move_only_function<void(int)> callback_;
    std::unique_ptr<Watch> watch_;
};

}  // namespace

void notify_ready() {
    sd_notify(0, "READY=1");
}
void notify_stopping() {
    sd_notify(0, "STOPPING=1");
}
void notify_status(const std::string& text) {
    sd_notify(0, ("STATUS=" + text).c_str());
}
void notify_alive() {
    sd_notify(0, "WATCHDOG=1");
}

std::optional<Duration> watchdog_interval() {
    std::uint64_t timeout = 0;
    if (sd_watchdog_enabled(0, &timeout) <= 0) return std::nullopt;
    return Duration(static_cast<Duration::rep>(timeout / 2));  // as sd_watchdog_enabled(3) recommends
}

void ignore_broken_pipes() {
    signal(SIGPIPE, SIG_IGN);
}

std::unique_ptr<SignalWatch> on_signal(AsioEventLoop& loop, std::initializer_list<int> signals,
                                       std::move_only_function<void(int)> callback) {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : signals) sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    const int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return std::make_unique<SignalDescriptor>(loop, fd, std::move(callback));
}

}  // namespace tillkeeper
