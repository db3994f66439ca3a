#include "till/ready_set.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tillkeeper::pos {
namespace {

constexpr Duration kSoonest{1};
constexpr Duration kLatest = std::chrono::hours(1);

}  // namespace

Result<ReadySet> ReadySet::make() {
    ReadySet set(::epoll_create1(EPOLL_CLOEXEC), ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = set.timer_;
    if (set.all_ < 0 || set.timer_ < 0 || ::epoll_ctl(set.all_, EPOLL_CTL_ADD, set.timer_, &event) != 0)
        return fail(ErrorCode::kInternal, std::string("no descriptor for a till: ") + std::strerror(errno));
    return set;
}

ReadySet::~ReadySet() {
    if (timer_ >= 0) ::close(timer_);
    if (all_ >= 0) ::close(all_);
}

// A closed socket leaves the set by itself, and its number may be another socket's by now: then it is added anew.
void ReadySet::watch(int socket, bool for_writing) {
    if (socket_ >= 0 && socket_ != socket) ::epoll_ctl(all_, EPOLL_CTL_DEL, socket_, nullptr);
    socket_ = socket;
    if (socket < 0) return;
    epoll_event event{};
    event.events = for_writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.fd = socket;
    if (::epoll_ctl(all_, EPOLL_CTL_MOD, socket, &event) != 0 && errno == ENOENT)
        ::epoll_ctl(all_, EPOLL_CTL_ADD, socket, &event);
}

void ReadySet::wake_in(Duration delay) {
    delay = std::clamp(delay, kSoonest, kLatest);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(delay);
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(seconds.count());
    when.it_value.tv_nsec = static_cast<long>((delay - seconds).count() * 1000);
    ::timerfd_settime(timer_, 0, &when, nullptr);
}

bool ReadySet::wait(std::chrono::milliseconds max) {
    std::array<epoll_event, 2> events{};
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(max.count(), 0, 3'600'000));
    const int count = ::epoll_wait(all_, events.data(), static_cast<int>(events.size()), timeout);
    bool socket = false;
    for (int i = 0; i < count; ++i) socket |= events[static_cast<std::size_t>(i)].data.fd == socket_;
    return socket;
}

}  // namespace tillkeeper::pos
