#include "agent/cli/watch_terminal.h"

#include <signal.h>
#include <unistd.h>

#include <iostream>

#include "agent/cli/daemon_call.h"
#include "agent/cli/watch.h"
#include "platform/linux-arm/system.h"

namespace tillkeeper::cli {
namespace {

constexpr timespec kBetweenLooks = {.tv_sec = 1, .tv_nsec = 0};
constexpr Duration kPatience = std::chrono::seconds(2);  // a signal waits for it

// The second screen of the terminal, without a cursor; what was on the first is there again afterwards.
class SecondScreen {
  public:
    SecondScreen() { enter(); }
    ~SecondScreen() { leave(); }
    SecondScreen(const SecondScreen&) = delete;
    SecondScreen& operator=(const SecondScreen&) = delete;

    void rest() {  // Ctrl-Z: the shell gets its own screen
        leave();
        kill(getpid(), SIGSTOP);
        enter();
    }

  private:
    static void enter() { std::cout << "\x1b[?1049h\x1b[?25l" << std::flush; }
    static void leave() { std::cout << "\x1b[?25h\x1b[?1049l" << std::flush; }
};

// From here on these signals are fetched, and interrupt nothing.
sigset_t fetched_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH}) sigaddset(&set, each);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return set;
}

}  // namespace

int watch_status(const Common& common) {
    const auto socket = socket_of(common.access);
    if (!socket) return show(common, std::unexpected(socket.error()), nullptr);
    const sigset_t signals = fetched_signals();
    const SystemClock clock;
    Watch watch;
    std::optional<SecondScreen> screen;
    if (!common.json && look_at(STDOUT_FILENO).moves) screen.emplace();
    while (std::cout) {
        watch.heard(call_daemon(*socket, "GET", "/status", "", kPatience), clock.wall(), clock.monotonic());
        if (screen) {
            const Look look = look_at(STDOUT_FILENO);
            std::cout << frame(watch.screen(look, clock.monotonic()), look.height) << std::flush;
        } else if (const auto line = watch.change(common.json)) {
            std::cout << *line << std::endl;
        }
        const int signal = sigtimedwait(&signals, nullptr, &kBetweenLooks);
        if (signal == SIGTSTP && screen)
            screen->rest();
        else if (signal == SIGTSTP)
            kill(getpid(), SIGSTOP);
        else if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP)
            break;
    }
    return watch.fine() ? kFine : kNotFine;
}

}  // namespace tillkeeper::cli
