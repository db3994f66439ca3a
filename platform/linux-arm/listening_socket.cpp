#include "platform/linux-arm/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tillkeeper {
namespace {

constexpr int kBacklog = 64;

std::unexpected<Error> cannot(const std::string& what) {
    return fail(ErrorCode::kUnavailable, "cannot listen on " + what + ": " + std::strerror(errno));
}

int port_of(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
    if (bound.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
}

bool somebody_answers(const sockaddr_un& address) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool answered = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return answered;
}

}  // namespace

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), port_(other.port_), file_(std::exchange(other.file_, {})) {}

ListeningSocket::~ListeningSocket() {
    if (!file_.empty()) unlink(file_.c_str());
    if (fd_ >= 0) close(fd_);
}

Result<ListeningSocket> ListeningSocket::open(const ListenOptions& options) {
    return options.unix_socket.empty() ? open_tcp(options) : open_file(options);
}

Result<ListeningSocket> ListeningSocket::open_tcp(const ListenOptions& options) {
    const std::string what = options.address + " port " + std::to_string(options.port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* raw = nullptr;
    if (const int code = getaddrinfo(options.address.c_str(), std::to_string(options.port).c_str(), &hints, &raw);
        code != 0)
        return fail(ErrorCode::kInvalid, "cannot listen on " + what + ": " + gai_strerror(code));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(raw, &freeaddrinfo);
    ListeningSocket opened(socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (opened.fd_ < 0 || setsockopt(opened.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(opened.fd_, address->ai_addr, address->ai_addrlen) != 0 || ::listen(opened.fd_, kBacklog) != 0)
        return cannot(what);
    opened.port_ = port_of(opened.fd_);
    return opened;
}

Result<ListeningSocket> ListeningSocket::open_file(const ListenOptions& options) {
    const std::string& file = options.unix_socket;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (file.size() >= sizeof address.sun_path)
        return fail(ErrorCode::kInvalid, "the path of a socket has at most 107 bytes: " + file);
    file.copy(address.sun_path, file.size());
    if (somebody_answers(address)) return fail(ErrorCode::kUnavailable, "another process listens on " + file);
    struct stat old{};
    if (lstat(file.c_str(), &old) == 0 && S_ISSOCK(old.st_mode)) unlink(file.c_str());
    ListeningSocket opened(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    // The file takes its mode from the socket, less the umask; what the umask took away comes back afterwards.
    if (opened.fd_ < 0 || fchmod(opened.fd_, options.unix_mode) != 0 ||
        bind(opened.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return cannot(file);
    opened.file_ = file;
    if (chmod(file.c_str(), options.unix_mode) != 0 || ::listen(opened.fd_, kBacklog) != 0) return cannot(file);
    return opened;
}

}  // namespace tillkeeper
