// Listener: a port and the connections that came in by it.
#pragma once

#include <asio.hpp>
#include <asio/ssl.hpp>
#include <memory>
#include <unordered_map>

#include "platform/result.h"
#include "tests/cloud/connection.h"

namespace tillkeeper::cloud {

class Listener {
  public:
    // `tls` is null for plain HTTP. Everything outlives it; it outlives io.run().
    Listener(asio::io_context& io, asio::ssl::context* tls, Service& service);
    // Loopback unless told before open().
    void listen_at(const asio::ip::address& address) { address_ = address; }

    // Port 0 takes a free one, and keeps it when opened again. Nothing happens when it is open.
    [[nodiscard]] Result<void> open(std::uint16_t port);
    // Nobody can connect any more, and every connection is reset.
    void cut();
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    void accept();
    void take(asio::ip::tcp::socket socket);

    asio::io_context& io_;
    asio::ssl::context* tls_;
    Service& service_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ip::address address_ = asio::ip::address_v4::loopback();
    std::uint16_t port_ = 0;
    std::unordered_map<Link*, std::unique_ptr<Link>> links_;
};

}  // namespace tillkeeper::cloud
