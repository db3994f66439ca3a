#include "till/reach.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace tillkeeper::pos {

Result<int> begin_to_reach(const std::string& host, int port) {
    addrinfo wish{};
    wish.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wish, &raw);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(raw, freeaddrinfo);
    if (code != 0) return fail(ErrorCode::kInvalid, "cannot find " + host + ": " + gai_strerror(code));
    const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(ErrorCode::kUnavailable, std::strerror(errno));
    if (::connect(fd, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS) return fd;
    const int cause = errno;
    ::close(fd);
    return fail(ErrorCode::kUnavailable, std::strerror(cause));
}

Result<void> reach_result(int socket) {
    int cause = 0;
    socklen_t size = sizeof cause;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &cause, &size) != 0) cause = errno;
    if (cause != 0) return fail(ErrorCode::kUnavailable, std::strerror(cause));
    return {};
}

}  // namespace tillkeeper::pos
