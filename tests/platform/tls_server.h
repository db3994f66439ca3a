// TlsServer: a real TLS server on a free port with a certificate for 127.0.0.1 of its own CA, that answers each
// connection with the bytes a test gives it. One connection after the other, on its own thread. It may demand that
// clients show a certificate.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace tillkeeper {

class TlsServer {
  public:
    enum class End { kClose, kReset, kHang, kKeep };  // kKeep: for the next request, until somebody else connects
    struct Answer {
        std::string bytes;
        End end = End::kClose;
    };
    // From the request's head to the answer.
    using Script = std::function<Answer(const std::string& head)>;

    // `host` is what the certificate is for; `tls_version_max` limits the protocol. With `client_ca_file` who has no
    // certificate of that CA is turned away in the handshake.
    explicit TlsServer(Script script, const std::string& host = "127.0.0.1", int tls_version_max = 0,
                       const std::string& client_ca_file = {});
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }
    [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
    [[nodiscard]] int connections() const { return connections_; }
    // Common name in the certificate of the last client that was let in; "" when it showed none.
    [[nodiscard]] std::string client() const {
        const std::lock_guard lock(mutex_);
        return client_;
    }

  private:
    void make_certificates(const std::string& host);
    void serve();
    void converse(int fd);
    void turn_away(int fd) const;
    void note_client(SSL* ssl);
    [[nodiscard]] std::string read_head(SSL* ssl, int fd) const;
    [[nodiscard]] bool asks_again(int fd) const;

    Script script_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
    std::string ca_file_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> connections_ = 0;
    mutable std::mutex mutex_;
    std::string client_;
    std::thread thread_;
};

}  // namespace tillkeeper
