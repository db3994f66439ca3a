#include "tests/cloud/cloud.h"

#include <csignal>

#include "tests/cloud/business_api.h"
#include "tests/cloud/control_api.h"
#include "tests/cloud/listener.h"

namespace tillkeeper::cloud {
namespace {

constexpr unsigned char kSessions = 1;  // without a name OpenSSL takes up no session of a client with a certificate

// HTTP/2 where the client can, HTTP/1.1 otherwise.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
    static constexpr unsigned char kOurs[] = "\x02h2\x08http/1.1";
    unsigned char* out = nullptr;
    if (SSL_select_next_proto(&out, length, kOurs, sizeof kOurs - 1, offered, offered_length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = out;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

struct Door {
    Door(asio::io_context& io, asio::ssl::context& tls, Service& service) : listener(io, &tls, service) {}

    Listener listener;
    bool shut = false;
};

struct Cloud::Parts {
    Parts(const CloudOptions& options, Pki made, Ledger read)
        : pki(std::move(made)), ledger(std::move(read)), tokens(options.token_ttl), faults(options.seed) {}

    Result<void> open(const CloudOptions& options);
    // Opens every door that is to be open, and cuts off who came in by another.
    Result<void> set_doors();
    Result<void> set_door(std::size_t door, bool open);
    void close();

    Pki pki;
    Ledger ledger;
    TokenIssuer tokens;
    Faults faults;
    CloudData data;
    asio::io_context io{1};
    asio::ssl::context tls{asio::ssl::context::tls_server};
    asio::signal_set signals{io};
    BusinessApi business{faults, ledger, tokens, data};
    ControlApi control{faults,
                       ledger,
                       tokens,
                       data,
                       {.faults = [this] { return set_doors(); },
                        .door = [this](std::size_t door, bool open) { return set_door(door, open); }}};
    std::vector<std::unique_ptr<Door>> doors;
    Listener control_port{io, nullptr, control};
};

Result<void> Cloud::Parts::open(const CloudOptions& options) {
    for (const auto& [id, secret] : options.clients) tokens.add_client(id, secret);
    for (const auto& [id, file] : options.client_keys) {
        auto key = read_public_key(file);
        if (!key) return std::unexpected(key.error());
        tokens.add_client(id, std::move(*key));
    }
    if (options.dpop) tokens.demand_dpop();
    try {
        tls.use_certificate_chain_file(pki.chain.string());
        tls.use_private_key_file(pki.server_key.string(), asio::ssl::context::pem);
        if (!options.client_ca.empty()) {
            tls.load_verify_file(options.client_ca.string());
            tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
            SSL_CTX_set_session_id_context(tls.native_handle(), &kSessions, sizeof kSessions);
        }
    } catch (const std::system_error& error) {
        return fail(ErrorCode::kInvalid, std::string("cannot use the certificate: ") + error.what());
    }
    SSL_CTX_set_alpn_select_cb(tls.native_handle(), choose_protocol, nullptr);
    std::error_code unusable;
    const auto address = asio::ip::make_address(options.address, unusable);
    if (unusable) return fail(ErrorCode::kInvalid, options.address + " is no address");
    for (int i = 0; i < options.doors; ++i) {
        auto& https = doors.emplace_back(std::make_unique<Door>(io, tls, business))->listener;
        https.listen_at(address);
        if (auto open = https.open(i == 0 ? options.port : std::uint16_t{0}); !open) return open;
    }
    control_port.listen_at(address);
    return control_port.open(options.control_port);
}

Result<void> Cloud::Parts::set_doors() {
    for (auto& door : doors) {
        if (faults.network_cut() || door->shut)
            door->listener.cut();
        else if (auto open = door->listener.open(0); !open)
            return open;
    }
    return {};
}

Result<void> Cloud::Parts::set_door(std::size_t door, bool open) {
    if (door >= doors.size()) return fail(ErrorCode::kNotFound, "no such door");
    doors[door]->shut = !open;
    return set_doors();
}

void Cloud::Parts::close() {
    for (auto& door : doors) door->listener.cut();
    control_port.cut();
    std::error_code ignored;
    signals.cancel(ignored);
}

Result<std::unique_ptr<Cloud>> Cloud::make(const CloudOptions& options) {
    auto pki = prepare_pki(options.pki, options.certificate_days);
    if (!pki) return std::unexpected(pki.error());
    auto ledger = Ledger::open(options.ledger);
    if (!ledger) return std::unexpected(ledger.error());
    auto parts = std::make_unique<Parts>(options, std::move(*pki), std::move(*ledger));
    if (auto open = parts->open(options); !open) return std::unexpected(open.error());
    return std::unique_ptr<Cloud>(new Cloud(std::move(parts)));
}

Cloud::Cloud(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Cloud::~Cloud() = default;

std::uint16_t Cloud::port(std::size_t door) const {
    return parts_->doors[door]->listener.port();
}

std::size_t Cloud::doors() const {
    return parts_->doors.size();
}

std::uint16_t Cloud::control_port() const {
    return parts_->control_port.port();
}

const std::filesystem::path& Cloud::ca_file() const {
    return parts_->pki.ca;
}

void Cloud::run() {
    parts_->signals.add(SIGTERM);
    parts_->signals.add(SIGINT);
    parts_->signals.async_wait([this](const std::error_code& error, int) {
        if (!error) parts_->close();
    });
    parts_->io.run();
}

void Cloud::stop() {
    asio::post(parts_->io, [this] { parts_->close(); });
}

}  // namespace tillkeeper::cloud
