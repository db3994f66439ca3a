#include "tests/platform/tls_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace tillkeeper {
namespace {

void extend(X509* certificate, X509* issuer, int name, const std::string& value) {
    X509V3_CTX around;
    X509V3_set_ctx(&around, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &around, name, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509* issue(EVP_PKEY* key, const std::string& name, X509* issuer, EVP_PKEY* issuer_key, const std::string& host) {
    X509* made = X509_new();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), issuer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(issuer == nullptr ? made : issuer));
    if (issuer == nullptr) {
        extend(made, made, NID_basic_constraints, "critical,CA:TRUE");
        extend(made, made, NID_subject_key_identifier, "hash");
    } else {
        extend(made, issuer, NID_subject_alt_name, (isdigit(host[0]) != 0 ? "IP:" : "DNS:") + host);
    }
    X509_sign(made, issuer_key, EVP_sha256());
    return made;
}

bool is_readable(int fd, const std::atomic<bool>& stopping) {
    pollfd wanted{.fd = fd, .events = POLLIN, .revents = 0};
    while (!stopping)
        if (poll(&wanted, 1, 10) > 0) return true;
    return false;
}

}  // namespace

TlsServer::TlsServer(Script script, const std::string& host, int tls_version_max, const std::string& client_ca_file)
    : script_(std::move(script)), tls_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
    SSL_CTX_set_security_level(tls_.get(), 0);
    if (tls_version_max != 0) {
        SSL_CTX_set_min_proto_version(tls_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(tls_.get(), tls_version_max);
    }
    if (!client_ca_file.empty()) {
        SSL_CTX_load_verify_locations(tls_.get(), client_ca_file.c_str(), nullptr);
        SSL_CTX_set_verify(tls_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        SSL_CTX_set_session_id_context(tls_.get(), reinterpret_cast<const unsigned char*>("test"), 4);
    }
    make_certificates(host);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 16);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

TlsServer::~TlsServer() {
    stopping_ = true;
    thread_.join();
    close(listener_);
    std::filesystem::remove(ca_file_);
}

void TlsServer::make_certificates(const std::string& host) {
    EVP_PKEY* ca_key = EVP_EC_gen("P-256");
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* ca = issue(ca_key, "Test CA", nullptr, ca_key, host);
    X509* certificate = issue(key, "Test Server", ca, ca_key, host);
    SSL_CTX_use_certificate(tls_.get(), certificate);
    SSL_CTX_use_PrivateKey(tls_.get(), key);
    std::string pattern = std::filesystem::temp_directory_path() / "platform-ca-XXXXXX";
    FILE* file = fdopen(mkstemp(pattern.data()), "w");
    PEM_write_X509(file, ca);
    fclose(file);
    ca_file_ = pattern;
    X509_free(ca);
    X509_free(certificate);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
}

void TlsServer::serve() {
    while (is_readable(listener_, stopping_)) {
        const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        ++connections_;
        converse(fd);
        close(fd);
    }
}

void TlsServer::converse(int fd) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(tls_.get()), &SSL_free);
    SSL_set_fd(ssl.get(), fd);
    if (SSL_accept(ssl.get()) != 1) return turn_away(fd);
    note_client(ssl.get());
    Answer answer;
    do {
        const std::string head = read_head(ssl.get(), fd);
        if (head.empty()) return;
        answer = script_(head);
        if (!answer.bytes.empty()) SSL_write(ssl.get(), answer.bytes.data(), static_cast<int>(answer.bytes.size()));
    } while (answer.end == End::kKeep && asks_again(fd));
    if (answer.end == End::kHang) is_readable(fd, stopping_);  // until the client has enough
    if (answer.end == End::kReset) {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (answer.end == End::kClose || answer.end == End::kKeep) SSL_shutdown(ssl.get());
}

std::string TlsServer::read_head(SSL* ssl, int fd) const {
    std::string head;
    char buffer[4096];
    while (!head.contains("\r\n\r\n")) {
        if (SSL_pending(ssl) == 0 && !is_readable(fd, stopping_)) return {};
        const int got = SSL_read(ssl, buffer, sizeof buffer);
        if (got <= 0) return {};
        head.append(buffer, static_cast<std::size_t>(got));
    }
    return head;
}

bool TlsServer::asks_again(int fd) const {
    pollfd wanted[] = {{.fd = fd, .events = POLLIN, .revents = 0}, {.fd = listener_, .events = POLLIN, .revents = 0}};
    while (!stopping_)
        if (poll(&wanted[0], 2, 10) > 0) return wanted[0].revents != 0;
    return false;
}

// What still arrives is taken: to close over it would send a reset, which may overtake the alert.
void TlsServer::turn_away(int fd) const {
    shutdown(fd, SHUT_WR);
    char buffer[4096];
    while (is_readable(fd, stopping_) && read(fd, buffer, sizeof buffer) > 0) {
    }
}

void TlsServer::note_client(SSL* ssl) {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(ssl), &X509_free);
    char name[64] = {};
    if (shown) X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name, sizeof name);
    const std::lock_guard lock(mutex_);
    client_ = name;
}

}  // namespace tillkeeper
