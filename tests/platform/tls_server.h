// TlsServer: a real TLS server on a free port with a certificate for 127.0.0.1 of its own CA, that answers each
// connection with the bytes a test gives it. One connection after the other, on its own thread.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace tillkeeper {

class TlsServer {
  public:
    enum class End { kClose, kReset, kHang };
    struct Answer {
        std::string bytes;
        End end = End::kClose;
    };
    // From the request's head to the answer.
    using Script = std::function<Answer(const std::string& head)>;

    // `host` is what the certificate is for; `tls_version_max` limits the protocol.
    explicit TlsServer(Script script, const std::string& host = "127.0.0.1", int tls_version_max = 0);
    ~TlsServer();
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }
    [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
    [[nodiscard]] int connections() const { return connections_; }

  private:
    void make_certificates(const std::string& host);
    void serve();
    void converse(int fd);

    Script script_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
    std::string ca_file_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> connections_ = 0;
    std::thread thread_;
};

}  // namespace tillkeeper
