#include "platform/linux-arm/tcp_silence.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace tillkeeper {
namespace {

// One repetition is an everyday thing on a radio link.
constexpr unsigned kRepeatedInVain = 2;
constexpr unsigned kConnectsInVain = 1;  // the first wait is a whole second there

}  // namespace

bool sends_in_vain(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
    if (info.tcpi_state == TCP_SYN_SENT) return info.tcpi_retransmits >= kConnectsInVain;
    // Where this machine's own filter swallows it, nothing counts as sent: the kernel asks for a sign of life instead.
    return info.tcpi_retransmits >= kRepeatedInVain || info.tcpi_probes >= kRepeatedInVain;
}

int port_of(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
    if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
    return 0;
}

}  // namespace tillkeeper
