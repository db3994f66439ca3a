#include "tests/till/test_broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/till/till_loop.h"

namespace tillkeeper::till {
namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int free_port() {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    auto address = loopback(0);
    socklen_t length = sizeof address;
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), length);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    ::close(listener);
    return ntohs(address.sin_port);
}

bool accepts_connections(int port) {
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto address = loopback(port);
    const int failed = ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::close(client);
    return failed == 0;
}

pid_t spawn(const std::vector<std::string>& arguments) {
    std::vector<char*> raw;
    for (const auto& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
    raw.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, 1);
    ::dup2(nowhere, 2);
    ::execvp(raw[0], raw.data());
    ::_exit(127);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
    int status = 0;
    ::waitpid(spawn(arguments), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TestBroker::TestBroker(int tills) : port_(free_port()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "till-broker-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    {
        std::ofstream users(users_file());
        users << "tillkeeper:secret-of-tillkeeper\n";
        for (int i = 1; i <= tills; ++i) users << "till-" << i << ":secret-of-till-" << i << "\n";
    }
    ::chmod(users_file().c_str(), 0600);
    EXPECT_EQ(run_program({TILLKEEPER_SOURCE_DIR "/packaging/broker/make-broker-config", "--folder", folder_, "--port",
                           std::to_string(port_), "--users", users_file(), "--plain"}),
              0);
    start();
}

TestBroker::~TestBroker() {
    kill();
    std::filesystem::remove_all(folder_);
}

void TestBroker::start() {
    process_ = spawn({"mosquitto", "-c", folder_ + "/mosquitto.conf"});
    const auto deadline = monotonic_now() + std::chrono::seconds(20);
    bool up = accepts_connections(port_);
    for (; !up && monotonic_now() < deadline; up = accepts_connections(port_)) ::poll(nullptr, 0, 10);
    EXPECT_TRUE(up) << "the broker did not start";
}

void TestBroker::kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

}  // namespace tillkeeper::till
