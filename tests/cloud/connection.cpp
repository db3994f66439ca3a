#include "tests/cloud/connection.h"

#include "tests/cloud/http1.h"
#include "tests/cloud/http2.h"
#include "tests/cloud/openssl_owned.h"

namespace tillkeeper::cloud {
namespace {

bool chose_http2(TlsSocket& socket) {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(socket.native_handle(), &name, &length);
    return std::string_view(reinterpret_cast<const char*>(name), length) == "h2";
}

PeerCertificate certificate_of(TlsSocket& socket) {
    const Certificate shown(SSL_get1_peer_certificate(socket.native_handle()));
    if (!shown) return {};
    std::array<char, 64> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(shown.get(), EVP_sha256(), digest.data(), &size);
    return {name.data(), std::string(digest.begin(), digest.begin() + size)};
}

}  // namespace

template <typename Socket>
Connection<Socket>::Connection(Socket socket, Service& service, LinkEnded ended)
    : socket_(std::move(socket)), service_(service), ended_(std::move(ended)) {}

template <typename Socket>
void Connection<Socket>::start() {
    if constexpr (std::is_same_v<Socket, TlsSocket>) {
        ++operations_;
        socket_.async_handshake(asio::ssl::stream_base::server, [this](const std::error_code& error) {
            --operations_;
            if (error && open_) return turn_away();
            if (!open_) return end_if_done();
            certificate_ = certificate_of(socket_);
            if (chose_http2(socket_)) {
                protocol_ = std::make_unique<Http2>(*this);
            } else {
                protocol_ = std::make_unique<Http1>(*this);
            }
            pump();
            read();
        });
    } else {
        protocol_ = std::make_unique<Http1>(*this);
        read();
    }
}

template <typename Socket>
void Connection<Socket>::read() {
    ++operations_;
    socket_.async_read_some(asio::buffer(in_), [this](const std::error_code& error, std::size_t size) {
        --operations_;
        if (error) close();
        if (!open_) return end_if_done();
        on_read({in_.data(), size});
    });
}

template <typename Socket>
void Connection<Socket>::on_read(std::string_view bytes) {
    if (cut_) return read();
    if (!protocol_->receive(bytes) || reset_now_) reset();
    pump();
    if (open_) return read();
    end_if_done();
}

template <typename Socket>
void Connection<Socket>::pump() {
    if (!open_ || writing_ || cut_) return;
    out_.clear();
    protocol_->collect(out_);
    if (out_.empty()) {
        if (cut_when_sent_) return cut();
        if (protocol_->finished()) close();
        return;
    }
    writing_ = true;
    ++operations_;
    asio::async_write(socket_, asio::buffer(out_), [this](const std::error_code& error, std::size_t) {
        --operations_;
        writing_ = false;
        if (error) close();
        pump();
        end_if_done();
    });
}

template <typename Socket>
bool Connection<Socket>::on_head(const Request& head) {
    return !service_.resets_body(head);
}

template <typename Socket>
void Connection<Socket>::on_request(std::int32_t stream, Request& request) {
    request.certificate = certificate_;
    Fate fate = service_.serve(request);
    if (fate.delay.count() > 0) return delay(stream, std::move(fate));
    switch (fate.kind) {
        case Fate::Kind::kHang:
            return;
        case Fate::Kind::kReset:
            reset_now_ = true;
            return;
        case Fate::Kind::kCut:
            cut_when_sent_ = true;
            break;
        case Fate::Kind::kAnswer:
            break;
    }
    protocol_->answer(stream, std::move(fate.answer), cut_when_sent_);
}

template <typename Socket>
void Connection<Socket>::delay(std::int32_t stream, Fate fate) {
    delayed_.emplace_front(asio::steady_timer(socket_.get_executor(), fate.delay), stream, std::move(fate.answer));
    const auto here = delayed_.begin();
    ++operations_;
    here->timer.async_wait([this, here, kind = fate.kind](const std::error_code&) {
        --operations_;
        const Delayed due = std::move(*here);
        delayed_.erase(here);
        if (!open_) return end_if_done();
        if (kind == Fate::Kind::kReset) reset();
        cut_when_sent_ |= kind == Fate::Kind::kCut;
        if (open_ && kind != Fate::Kind::kHang) protocol_->answer(due.stream, due.answer, cut_when_sent_);
        pump();
        end_if_done();
    });
}

template <typename Socket>
void Connection<Socket>::reset() {
    std::error_code ignored;
    // Nothing lingers: closing sends RST.
    if (open_) socket_.lowest_layer().set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

// Not a reset, which may overtake the half that was sent: the end, without TLS's close_notify.
template <typename Socket>
void Connection<Socket>::cut() {
    std::error_code ignored;
    cut_ = true;
    socket_.lowest_layer().shutdown(asio::socket_base::shutdown_send, ignored);
}

// The handshake failed. What the client sends before it hears of that is taken: to close over it would send a reset,
// which may overtake the alert.
template <typename Socket>
void Connection<Socket>::turn_away() {
    if constexpr (std::is_same_v<Socket, TlsSocket>) {
        cut();
        ++operations_;
        socket_.next_layer().async_read_some(asio::buffer(in_), [this](const std::error_code& error, std::size_t) {
            --operations_;
            if (!error && open_) return turn_away();
            close();
            end_if_done();
        });
    }
}

template <typename Socket>
void Connection<Socket>::close() {
    open_ = false;
    std::error_code ignored;
    socket_.lowest_layer().close(ignored);
    for (Delayed& delayed : delayed_) delayed.timer.cancel();
}

template <typename Socket>
void Connection<Socket>::end_if_done() {
    if (open_ || operations_ > 0 || told_) return;
    told_ = true;
    ended_(this);
}

template class Connection<asio::ip::tcp::socket>;
template class Connection<TlsSocket>;

}  // namespace tillkeeper::cloud
