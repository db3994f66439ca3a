#include "till/reach.h"

#include <netdb.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace tillkeeper::pos {

Result<std::vector<ReachAddress>> addresses_of(const std::string& host, int port) {
    addrinfo wish{};
    wish.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wish, &raw);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(raw, freeaddrinfo);
    if (code != 0) return fail(ErrorCode::kInvalid, "cannot find " + host + ": " + gai_strerror(code));
    std::vector<ReachAddress> all;
    for (const addrinfo* each = found.get(); each != nullptr; each = each->ai_next) {
        if (each->ai_addrlen > sizeof(sockaddr_storage)) continue;
        std::memcpy(&all.emplace_back().bytes, each->ai_addr, each->ai_addrlen);
        all.back().size = each->ai_addrlen;
    }
    return all;
}

Result<bool> Reach::next() {
    leave();
    for (; tried_ < addresses_.size(); leave()) {
        const ReachAddress& address = addresses_[tried_++];
        socket_ = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const auto* const bytes = reinterpret_cast<const sockaddr*>(&address.bytes);
        if (socket_ >= 0 && (::connect(socket_, bytes, address.size) == 0 || errno == EINPROGRESS)) return false;
        why_ = std::strerror(errno);
    }
    return fail(ErrorCode::kUnavailable, why_);
}

Result<bool> Reach::outcome() {
    int cause = 0;
    socklen_t size = sizeof cause;
    if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &cause, &size) != 0) cause = errno;
    if (cause == 0) return true;
    why_ = std::strerror(cause);
    return next();
}

void Reach::leave() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

}  // namespace tillkeeper::pos
