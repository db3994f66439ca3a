#include "tests/platform/broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

extern char** environ;

namespace tillkeeper {
namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
}

bool answers(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const bool connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return connected;
}

}  // namespace

Broker::Broker(std::string further) : port_(free_port()) {
    std::string pattern = std::filesystem::temp_directory_path() / "platform-broker-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ + "/broker.conf") << "listener " << port_ << " 127.0.0.1\n"
                                            << "allow_anonymous true\nset_tcp_nodelay true\npersistence true\n"
                                            << "max_inflight_messages 5000\nmax_queued_messages 0\n"
                                            << "persistence_location " << folder_ << "/\n"
                                            << "user " << (geteuid() == 0 ? "root" : "") << "\n"
                                            << further << "\n";
    start();
}

Broker::~Broker() {
    stop(SIGKILL);
    std::filesystem::remove_all(folder_);
}

void Broker::start() {
    std::string program = "/usr/sbin/mosquitto";
    std::string option = "-c";
    std::string file = folder_ + "/broker.conf";
    char* arguments[] = {program.data(), option.data(), file.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder_ + "/log").c_str(), O_WRONLY | O_CREAT, 0600);
    if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ) != 0)
        throw std::runtime_error("cannot start mosquitto");
    posix_spawn_file_actions_destroy(&actions);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!answers(port_)) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("mosquitto does not listen");
        poll(nullptr, 0, 5);
    }
}

void Broker::stop(int signal) {
    if (pid_ <= 0) return;
    kill(pid_, signal);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

}  // namespace tillkeeper
