// What systemd hears of the daemon: that it is ready, and again and again that it lives.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <csignal>
#include <string>

#include "agent/config/descriptor.h"
#include "tests/e2e/agent.h"
#include "tests/e2e/ports.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

class Supervisor {
  public:
    explicit Supervisor(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    // The next word, or "" when none comes in time.
    [[nodiscard]] std::string hear(std::chrono::seconds limit) const {
        const timeval patience{.tv_sec = limit.count(), .tv_usec = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        char word[256];
        const auto size = ::recv(socket_.get(), word, sizeof word, 0);
        return {word, size < 0 ? 0 : static_cast<std::size_t>(size)};
    }

  private:
    agent::Descriptor socket_;
};

TEST(Watchdog, IsFedWhileTheDaemonWorksAndNotWhileItHangs) {
    auto folder = Scratch::make("tillkeeper-watchdog");
    ASSERT_TRUE(folder);
    const auto notify = (folder->path() / "notify").string();
    const Supervisor supervisor(notify);
    ASSERT_TRUE(write_file(folder->path() / "bus.password", "nobody listens"));
    AgentSetup setup;
    setup.bus_port = free_port();
    setup.bus_password_file = "bus.password";
    setup.environment = {{"NOTIFY_SOCKET", notify}, {"WATCHDOG_USEC", "200000"}};
    auto agent = Agent::make(folder->path(), setup);
    ASSERT_TRUE(agent);
    std::filesystem::permissions(folder->path() / "bus.password", std::filesystem::perms(0600));
    ASSERT_TRUE(agent->launch());
    EXPECT_EQ(supervisor.hear(90s), "READY=1") << agent->log();
    for (int beats = 0; beats < 3; ++beats) EXPECT_EQ(supervisor.hear(30s), "WATCHDOG=1");
    agent->process()->signal(SIGSTOP);
    while (!supervisor.hear(1s).empty()) {  // what was said before it stopped
    }
    agent->process()->signal(SIGCONT);
    EXPECT_EQ(supervisor.hear(30s), "WATCHDOG=1");
    EXPECT_EQ(agent->stop(), 0);
}

}  // namespace
}  // namespace tillkeeper::lab
