// rig_relay: a cable between this network namespace and one that it makes, with a delay for each direction.
//
//     rig_relay NAME          a network interface NAME at each end; the far end is in this process's own namespace
//
// Says "ready" when both are there. Takes "delay MS" on standard input. Ends with it.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFrameMax = 65536;
constexpr std::size_t kWaitingMax = 20'000;  // frames; beyond, the cable drops them

int open_tap(const char* name) {
    const int tap = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    std::string_view(name).copy(request.ifr_name, IFNAMSIZ - 1);
    return tap >= 0 && ::ioctl(tap, TUNSETIFF, &request) == 0 ? tap : -1;
}

struct Frame {
    Clock::time_point due;
    std::string bytes;
};

// From one end to the other.
class Direction {
  public:
    Direction(int from, int to) : from_(from), to_(to) {}

    void take(std::chrono::milliseconds delay) {
        std::array<char, kFrameMax> bytes{};
        for (auto got = ::read(from_, bytes.data(), bytes.size()); got > 0;
             got = ::read(from_, bytes.data(), bytes.size())) {
            auto due = Clock::now() + delay;
            if (!waiting_.empty()) due = std::max(due, waiting_.back().due);  // nothing overtakes
            if (waiting_.size() < kWaitingMax)
                waiting_.push_back({due, std::string(bytes.data(), static_cast<std::size_t>(got))});
        }
    }
    void give() {
        for (; !waiting_.empty() && waiting_.front().due <= Clock::now(); waiting_.pop_front()) {
            const auto& bytes = waiting_.front().bytes;
            (void)!::write(to_, bytes.data(), bytes.size());  // a cable does not know whether it was heard
        }
    }
    // Milliseconds until give() has something to do; -1: nothing waits.
    [[nodiscard]] int next() const {
        if (waiting_.empty()) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(waiting_.front().due - Clock::now());
        return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }

  private:
    int from_;
    int to_;
    std::deque<Frame> waiting_;
};

// False at the end of the input.
bool take_commands(std::string& typed, std::chrono::milliseconds& delay) {
    std::array<char, 256> bytes{};
    const auto got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got <= 0) return false;
    typed.append(bytes.data(), static_cast<std::size_t>(got));
    for (auto end = typed.find('\n'); end != std::string::npos; end = typed.find('\n')) {
        constexpr std::string_view kDelay = "delay ";
        int number = 0;
        if (typed.starts_with(kDelay)) std::from_chars(typed.data() + kDelay.size(), typed.data() + end, number);
        delay = std::chrono::milliseconds(number);
        typed.erase(0, end + 1);
    }
    return true;
}

void relay(int near, int far) {
    Direction out(near, far);
    Direction back(far, near);
    std::chrono::milliseconds delay{0};
    std::string typed;
    std::array<pollfd, 3> waits{{{near, POLLIN, 0}, {far, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    while (true) {
        const int sooner = std::min(static_cast<unsigned>(out.next()), static_cast<unsigned>(back.next()));
        ::poll(waits.data(), waits.size(), sooner);
        out.take(delay);
        back.take(delay);
        out.give();
        back.give();
        if (waits[2].revents != 0 && !take_commands(typed, delay)) return;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const char* name = argc == 2 ? argv[1] : "";
    const int near = open_tap(name);
    const bool moved = ::unshare(CLONE_NEWNET) == 0;
    const int far = moved ? open_tap(name) : -1;
    if (near < 0 || far < 0) {
        std::perror("rig_relay");
        return 1;
    }
    std::puts("ready");
    std::fflush(stdout);
    relay(near, far);
    return 0;
}
