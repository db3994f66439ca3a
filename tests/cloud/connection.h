// One accepted connection: reads, lets a protocol speak, asks the service, and carries out what becomes of each
// request. Plain TCP speaks HTTP/1.1; TLS speaks what ALPN chose.
#pragma once

#include <array>
#include <asio.hpp>
#include <asio/ssl.hpp>
#include <functional>
#include <list>
#include <memory>

#include "tests/cloud/protocol.h"

namespace tillkeeper::cloud {

class Link {
  public:
    virtual ~Link() = default;
    virtual void start() = 0;
    // Sends RST; what was not sent is lost.
    virtual void reset() = 0;
};

// `ended` is called once, when no operation is under way any more; the connection may be destroyed after it returned.
using LinkEnded = std::function<void(Link*)>;

template <typename Socket>
class Connection final : public Link, public Exchanges {
  public:
    Connection(Socket socket, Service& service, LinkEnded ended);
    void start() override;
    void reset() override;

  private:
    struct Delayed {
        asio::steady_timer timer;
        std::int32_t stream;
        Answer answer;
    };

    bool on_head(const Request& head) override;
    void on_request(std::int32_t stream, Request& request) override;
    void delay(std::int32_t stream, Fate fate);
    void read();
    void on_read(std::string_view bytes);
    void pump();
    void cut();
    void turn_away();
    void close();
    void end_if_done();

    Socket socket_;
    Service& service_;
    LinkEnded ended_;
    std::unique_ptr<Protocol> protocol_;
    PeerCertificate certificate_;
    std::array<char, 65536> in_{};
    std::string out_;
    std::list<Delayed> delayed_;
    int operations_ = 0;  // under way; each of them refers to this object
    bool open_ = true;
    bool writing_ = false;
    bool reset_now_ = false;
    bool cut_when_sent_ = false;
    bool cut_ = false;  // what is sent ends here, and what arrives is thrown away
    bool told_ = false;
};

using TlsSocket = asio::ssl::stream<asio::ip::tcp::socket>;
extern template class Connection<asio::ip::tcp::socket>;
extern template class Connection<TlsSocket>;

}  // namespace tillkeeper::cloud
