// A listening socket: TCP, or a file in the file system with the mode asked for from its first instant.
#pragma once

#include <string>

#include "platform/http_server.h"
#include "platform/result.h"

namespace tillkeeper {

// Closes the socket, and removes its file.
class ListeningSocket {
  public:
    [[nodiscard]] static Result<ListeningSocket> open(const ListenOptions& options);
    ListeningSocket(ListeningSocket&& other) noexcept;
    ListeningSocket& operator=(ListeningSocket&&) = delete;
    ~ListeningSocket();

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] int port() const { return port_; }  // 0 for a file

  private:
    explicit ListeningSocket(int fd) : fd_(fd) {}
    [[nodiscard]] static Result<ListeningSocket> open_tcp(const ListenOptions& options);
    [[nodiscard]] static Result<ListeningSocket> open_file(const ListenOptions& options);

    int fd_;
    int port_ = 0;
    std::string file_;
};

}  // namespace tillkeeper
