#include "tests/cloud/listener.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::size_t kConnectionsMax = 1024;

}  // namespace

Listener::Listener(asio::io_context& io, asio::ssl::context* tls, Service& service)
    : io_(io), tls_(tls), service_(service), acceptor_(io) {}

Result<void> Listener::open(std::uint16_t port) {
    if (acceptor_.is_open()) return {};
    try {
        const asio::ip::tcp::endpoint here(address_, port_ == 0 ? port : port_);
        acceptor_.open(here.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(here);
        acceptor_.listen();
        // Once: other threads may read it.
        if (port_ == 0) port_ = acceptor_.local_endpoint().port();
    } catch (const std::system_error& error) {
        std::error_code ignored;
        acceptor_.close(ignored);
        return fail(ErrorCode::kUnavailable, std::string("cannot listen: ") + error.what());
    }
    accept();
    return {};
}

void Listener::accept() {
    acceptor_.async_accept([this](const std::error_code& error, asio::ip::tcp::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (!error && links_.size() < kConnectionsMax) take(std::move(socket));
        accept();
    });
}

void Listener::take(asio::ip::tcp::socket socket) {
    std::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    // Posted, because the connection is still on the stack when it says that it has ended.
    const auto ended = [this](Link* link) { asio::post(io_, [this, link] { links_.erase(link); }); };
    std::unique_ptr<Link> link;
    if (tls_ == nullptr) {
        link = std::make_unique<Connection<asio::ip::tcp::socket>>(std::move(socket), service_, ended);
    } else {
        link = std::make_unique<Connection<TlsSocket>>(TlsSocket(std::move(socket), *tls_), service_, ended);
    }
    Link* started = link.get();
    links_.emplace(started, std::move(link));
    started->start();
}

void Listener::cut() {
    std::error_code ignored;
    acceptor_.close(ignored);
    for (auto& [link, owned] : links_) link->reset();
}

}  // namespace tillkeeper::cloud
