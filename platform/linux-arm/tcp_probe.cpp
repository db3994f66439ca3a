#include "platform/linux-arm/tcp_probe.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/linux-arm/local_address.h"

namespace tillkeeper {
TcpProbe::TcpProbe(AsioEventLoop& loop, const std::string& host, int port, Duration timeout,
                   std::move_only_function<void(Result<void>)> done)
    : loop_(loop), done_(std::move(done)) {
    auto begun = is_this_machine(host) ? Result<bool>(false) : begin(host, port);
    if (begun && *begun)
        timer_ = loop_.after(timeout, [this] { finish(fail(ErrorCode::kUnavailable, "the broker does not answer")); });
    else
        finish_later(begun ? Result<void>() : std::unexpected(begun.error()));
}

TcpProbe::~TcpProbe() {
    watch_.reset();
    if (fd_ >= 0) close(fd_);
}

Result<bool> TcpProbe::begin(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); code != 0)
        return fail(ErrorCode::kUnavailable, host + ": " + gai_strerror(code));
    fd_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bool begun = fd_ >= 0 && (::connect(fd_, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS);
    const int error = errno;
    freeaddrinfo(found);
    if (!begun) return fail(ErrorCode::kUnavailable, std::strerror(error));
    watch_ = loop_.watch(fd_, [this](AsioEventLoop::Ready) {
        int outcome = 0;
        socklen_t size = sizeof outcome;
        getsockopt(fd_, SOL_SOCKET, SO_ERROR, &outcome, &size);
        finish(outcome == 0 ? Result<void>() : fail(ErrorCode::kUnavailable, std::strerror(outcome)));
    });
    if (!watch_) return fail(ErrorCode::kLimit, "no file descriptor is left");
    watch_->want(false, true);
    return true;
}

void TcpProbe::finish_later(Result<void> result) {
    timer_ = loop_.after({}, [this, result = std::move(result)]() mutable { finish(std::move(result)); });
}

void TcpProbe::finish(Result<void> result) {
    watch_.reset();
    timer_.reset();
    auto done = std::move(done_);
    done(std::move(result));
}

}  // namespace tillkeeper
