// Reach: a TCP connection that is begun and not waited for, to each address of a host in turn: libmosquitto's own
// connect would wait as long as the kernel does. Ownership: of its socket. Thread: one.
#pragma once

#include <sys/socket.h>

#include <string>
#include <utility>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::pos {

struct ReachAddress {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

// In the order in which they are to be tried. kInvalid: no such host. Blocks to look up a name.
[[nodiscard]] Result<std::vector<ReachAddress>> addresses_of(const std::string& host, int port);

class Reach {
  public:
    explicit Reach(std::vector<ReachAddress> addresses) : addresses_(std::move(addresses)) {}
    ~Reach() { leave(); }
    Reach(const Reach&) = delete;
    Reach& operator=(const Reach&) = delete;

    // Tries the next address. False: it is under way, and socket() becomes writable when it is decided. kUnavailable:
    // there is none left; why the last one failed.
    [[nodiscard]] Result<bool> next();
    // Once the socket is writable. True: somebody answers there. Else as next().
    [[nodiscard]] Result<bool> outcome();
    [[nodiscard]] int socket() const { return socket_; }

  private:
    void leave();
    std::vector<ReachAddress> addresses_;
    std::size_t tried_ = 0;
    int socket_ = -1;
    std::string why_ = "nobody answers";
};

}  // namespace tillkeeper::pos
