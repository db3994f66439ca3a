#include "tests/e2e/ports.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

namespace tillkeeper::lab {
namespace {

// Below the kernel's usual range for outgoing connections, 32768-60999.
constexpr int kFirst = 20000;
constexpr int kLast = 32000;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

template <typename Call>
bool succeeds(int port, Call call) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in address = loopback(port);
    const bool fine = call(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return fine;
}

// Until this process ends: a port whose server is killed just now is free, and yet nobody else's.
bool reserve(int port) {
    const auto folder = std::filesystem::temp_directory_path() / "tillkeeper-ports";
    std::error_code ignored;  // where another user's folder is in the way, there is only luck
    std::filesystem::create_directories(folder, ignored);
    const int file = ::open((folder / std::to_string(port)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ::flock(file, LOCK_EX | LOCK_NB) == 0) return true;  // closed, and so let go, at the end
    ::close(file);
    return false;
}

}  // namespace

int free_port() {
    std::random_device random;
    std::uniform_int_distribution<int> any(kFirst, kLast);
    int port = any(random);
    while (!reserve(port) || !succeeds(port, ::bind)) port = any(random);
    return port;
}

bool listening(int port) {
    return succeeds(port, ::connect);
}

}  // namespace tillkeeper::lab
