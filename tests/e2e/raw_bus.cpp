#include "tests/e2e/raw_bus.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <utility>

namespace tillkeeper::lab {
namespace {

constexpr int kPatienceMs = 20'000;

std::string text(std::string_view value) {
    return {static_cast<char>(value.size() >> 8), static_cast<char>(value.size() & 0xFF)};
}

std::string packet(int first, const std::string& body) {
    std::string bytes(1, static_cast<char>(first));
    std::size_t rest = body.size();
    do {
        const auto low = rest % 128;
        rest /= 128;
        bytes += static_cast<char>(low | (rest > 0 ? 128U : 0U));
    } while (rest > 0);
    return bytes + body;
}

SSL_CTX* believing_anything() {
    static SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    return context;
}

}  // namespace

struct RawBus::Tls {
    explicit Tls(int socket) : ssl(SSL_new(believing_anything())) {
        SSL_set_fd(ssl, socket);
        good = SSL_connect(ssl) == 1;
    }
    ~Tls() { SSL_free(ssl); }
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;

    SSL* ssl;
    bool good = false;
};

RawBus::RawBus(int port, Wire wire) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket_ >= 0 && ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket_);
        socket_ = -1;
    }
    const timeval patience{kPatienceMs / 1000, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (socket_ >= 0 && wire == Wire::kTls) tls_ = std::make_unique<Tls>(socket_);
    ERR_clear_error();
}

RawBus::RawBus(RawBus&& other) noexcept : socket_(std::exchange(other.socket_, -1)), tls_(std::move(other.tls_)) {}

RawBus::~RawBus() {
    tls_.reset();
    if (socket_ >= 0) ::close(socket_);
}

bool RawBus::send(std::string_view bytes) {
    if (tls_) {
        const bool sent = tls_->good && SSL_write(tls_->ssl, bytes.data(), static_cast<int>(bytes.size())) > 0;
        ERR_clear_error();
        return sent;
    }
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawBus::sign_in(const std::string& user, const std::string& password, bool clean, const std::string& client) {
    std::string body = text("MQTT") + "MQTT" + '\4' + static_cast<char>(clean ? 0xC2 : 0xC0) + '\1' + '\0';
    for (const auto& field : {client, user, password}) body += text(field) + field;
    if (!send(packet(0x10, body))) return false;
    pollfd polled{socket_, POLLIN, 0};
    char answer[4] = {};
    if (::poll(&polled, 1, kPatienceMs) != 1) return false;
    const auto got =
        tls_ ? SSL_read(tls_->ssl, answer, sizeof answer) : static_cast<int>(::recv(socket_, answer, sizeof answer, 0));
    ERR_clear_error();
    return got == 4 && answer[3] == 0;
}

bool RawBus::drain() {
    char bytes[16384];
    for (pollfd polled{socket_, POLLIN, 0}; ::poll(&polled, 1, 0) == 1;) {
        const auto got = tls_ ? SSL_read(tls_->ssl, bytes, sizeof bytes)
                              : static_cast<int>(::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT));
        ERR_clear_error();
        if (got <= 0) return false;
    }
    return true;
}

bool RawBus::ended() const {
    pollfd polled{socket_, POLLIN, 0};
    char byte = 0;
    return ::poll(&polled, 1, 0) == 1 && ::recv(socket_, &byte, 1, MSG_PEEK) <= 0;
}

std::string publish_packet(std::string_view topic, std::string_view payload, int qos) {
    std::string body = text(topic) + std::string(topic);
    if (qos > 0) body += {'\0', '\1'};
    return packet(0x30 | qos << 1, body + std::string(payload));
}

std::string subscribe_packet(std::string_view filter) {
    return packet(0x82, std::string{'\0', '\1'} + text(filter) + std::string(filter) + '\1');
}

std::string unsubscribe_packet(std::string_view filter) {
    return packet(0xA2, std::string{'\0', '\1'} + text(filter) + std::string(filter));
}

}  // namespace tillkeeper::lab
