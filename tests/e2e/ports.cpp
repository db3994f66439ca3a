#include "tests/e2e/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

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

}  // namespace

int free_port() {
    std::random_device random;
    std::uniform_int_distribution<int> any(kFirst, kLast);
    int port = any(random);
    while (!succeeds(port, ::bind)) port = any(random);
    return port;
}

bool listening(int port) {
    return succeeds(port, ::connect);
}

}  // namespace tillkeeper::lab
