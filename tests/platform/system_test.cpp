#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <vector>

#include "platform/linux-arm/local_address.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/system.h"
#include "platform/linux-arm/tcp_probe.h"
#include "platform/log.h"
#include "tests/platform/driven_loop.h"

namespace tillkeeper {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Machine : public testing::Test {
  protected:
    Machine() {
        std::string pattern = fs::temp_directory_path() / "platform-root-XXXXXX";
        root_ = mkdtemp(pattern.data());
    }
    ~Machine() override { fs::remove_all(root_); }

    void file(const std::string& path, const std::string& text) {
        fs::create_directories(fs::path(root_ + "/" + path).parent_path());
        std::ofstream(root_ + "/" + path) << text;
    }

    std::string root_;
};

TEST_F(Machine, TellsTheBoot) {
    file("proc/sys/kernel/random/boot_id", "11a3cb2e-4f41-4d1a-8b0a-7d2b0c1e9f55\n");
    EXPECT_EQ(make_device(root_)->boot_id(), "11a3cb2e4f414d1a8b0a7d2b0c1e9f55");
    EXPECT_EQ(make_device()->boot_id().size(), 32U);
    EXPECT_EQ(make_device()->boot_id(), make_device()->boot_id());
}

TEST(LocalTime, IsOfTheMomentAndNotOfToday) {
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    EXPECT_EQ(local_offset(*parse_rfc3339("2026-01-15T12:00:00Z")), 1h);
    EXPECT_EQ(local_offset(*parse_rfc3339("2026-07-15T12:00:00Z")), 2h);
    EXPECT_EQ(local_offset(*parse_rfc3339("2026-10-25T00:59:59.999999Z")), 2h);
    EXPECT_EQ(local_offset(*parse_rfc3339("2026-10-25T01:00:00Z")), 1h);
    unsetenv("TZ");
    tzset();
}

TEST_F(Machine, CountsEachStartAsABootWhereTheKernelDoesNotTell) {
    const auto device = make_device(root_);
    EXPECT_EQ(device->boot_id().size(), 32U);
    EXPECT_EQ(device->boot_id(), device->boot_id());
    EXPECT_NE(device->boot_id(), make_device(root_)->boot_id());
}

TEST_F(Machine, TrustsTheClockOnlyOnceSomethingHasSetIt) {
    const auto device = make_device(root_);
    EXPECT_FALSE(device->clock_trusted());
    file("sys/class/rtc/rtc0/hctosys", "0\n");
    EXPECT_FALSE(device->clock_trusted());
    file("sys/class/rtc/rtc0/hctosys", "1\n");
    EXPECT_TRUE(device->clock_trusted());
    fs::remove_all(root_ + "/sys");
    EXPECT_FALSE(device->clock_trusted());
    file("run/systemd/timesync/synchronized", "");
    EXPECT_TRUE(device->clock_trusted());
}

TEST_F(Machine, BelievesAFileThatTheOperatorNamed) {
    const auto device = make_device(root_, root_ + "/clock.set");
    EXPECT_FALSE(device->clock_trusted());
    file("clock.set", "");
    EXPECT_TRUE(device->clock_trusted());
    EXPECT_FALSE(make_device(root_)->clock_trusted()) << "nobody named it";
}

TEST_F(Machine, TellsFreeSpace) {
    const auto device = make_device(root_);
    EXPECT_GT(device->disk_free_bytes(root_).value(), 0U);
    EXPECT_EQ(device->disk_free_bytes(root_ + "/missing").error().code, ErrorCode::kIo);
}

TEST(SystemClock, MovesForward) {
    const SystemClock clock;
    const MonotonicTime before = clock.monotonic();
    EXPECT_LE(before, clock.monotonic());
    EXPECT_GT(clock.wall(), WallTime(std::chrono::sys_days(std::chrono::year{2020} / 1 / 1)));
}

TEST(SystemRandom, DoesNotRepeat) {
    SystemRandom random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random.next());
    EXPECT_EQ(seen.size(), 1000U);
    double sum = 0;
    for (int i = 0; i < 10'000; ++i) sum += random.fraction();
    EXPECT_NEAR(sum / 10'000, 0.5, 0.05);
}

TEST(LocalAddress, IsKnownByItsSpelling) {
    for (const char* host : {"localhost", "127.0.0.1", "127.255.0.9", "::1", "[::1]"})
        EXPECT_TRUE(is_this_machine(host));
    for (const char* host :
         {"", "127.0.0.1.example", "127.", "localhost.example", "10.0.0.1", "::2", "[::1", "0.0.0.0"})
        EXPECT_FALSE(is_this_machine(host)) << host;
}

TEST(TcpProbe, TellsWhoAnswersAndWhoDoesNot) {
    DrivenLoop loop;
    std::optional<Result<void>> result;
    const auto keep = [&](Result<void> outcome) { result = std::move(outcome); };
    const TcpProbe local(*loop, "127.0.0.1", 1, 1s, keep);
    ASSERT_TRUE(loop.until([&] { return result.has_value(); }));
    EXPECT_TRUE(result->has_value());
    result.reset();
    const TcpProbe refused(*loop, "0.0.0.0", 1, 5s, keep);
    ASSERT_TRUE(loop.until([&] { return result.has_value(); }));
    EXPECT_FALSE(result->has_value());
    result.reset();
    // A listener that does not accept: once its queue is full, the kernel lets further ones wait.
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listener, 0), 0);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::vector<int> fillers;
    for (int i = 0; i < 4; ++i) {
        fillers.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        [[maybe_unused]] const int begun =
            connect(fillers.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    const TcpProbe silent(*loop, "0.0.0.0", ntohs(address.sin_port), 50ms, keep);
    ASSERT_TRUE(loop.until([&] { return result.has_value(); }));
    EXPECT_FALSE(result->has_value());
    for (const int fd : fillers) close(fd);
    close(listener);
}

TEST(Service, HearsSignalsOnTheLoop) {
    DrivenLoop loop;
    std::vector<int> heard;
    const auto watch = on_signal(*loop, {SIGUSR1, SIGUSR2}, [&](int number) { heard.push_back(number); });
    raise(SIGUSR1);
    ASSERT_TRUE(loop.until([&] { return heard.size() == 1; }));
    raise(SIGUSR2);
    ASSERT_TRUE(loop.until([&] { return heard.size() == 2; }));
    EXPECT_EQ(heard, (std::vector{SIGUSR1, SIGUSR2}));
}

TEST(Service, NotifiesItsSupervisor) {
    std::string pattern = fs::temp_directory_path() / "platform-notify-XXXXXX";
    const std::string folder = mkdtemp(pattern.data());
    const std::string file = folder + "/notify";
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    file.copy(address.sun_path, file.size());
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    notify_ready();  // nobody listens yet: no harm
    setenv("NOTIFY_SOCKET", file.c_str(), 1);
    setenv("WATCHDOG_USEC", "20000000", 1);
    EXPECT_EQ(watchdog_interval(), 10s);
    const auto told = [&] {
        char buffer[256];
        const auto size = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
        return std::string(buffer, size < 0 ? 0 : static_cast<std::size_t>(size));
    };
    notify_ready();
    EXPECT_EQ(told(), "READY=1");
    notify_status("catching up");
    EXPECT_EQ(told(), "STATUS=catching up");
    notify_alive();
    EXPECT_EQ(told(), "WATCHDOG=1");
    notify_stopping();
    EXPECT_EQ(told(), "STOPPING=1");
    EXPECT_EQ(told(), "");
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    EXPECT_EQ(watchdog_interval(), std::nullopt);
    close(fd);
    fs::remove_all(folder);
}

// [platform-4]
TEST(Log, KeepsALineALineWhateverTheValueHolds) {
    testing::internal::CaptureStderr();
    log(LogLevel::kWarning, "token refused",
        {{"destination", "erp"}, {"status", 401}, {"text", "two\nlines \"quoted\""}, {"empty", ""}});
    log(LogLevel::kDebug, "not shown");
    log(LogLevel::kInfo, "long", {{"value", std::string(5000, 'x')}});
    set_log_level(LogLevel::kError);
    log(LogLevel::kWarning, "not shown either");
    set_log_level(LogLevel::kInfo);
    const std::string logged = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(
        logged.starts_with("warning token refused destination=erp status=401 text=\"two?lines \\\"quoted\\\"\" "
                           "empty=\"\"\n"))
        << logged;
    EXPECT_EQ(std::ranges::count(logged, '\n'), 2);
    EXPECT_LT(logged.size(), 1300U);
}

}  // namespace
}  // namespace tillkeeper
