#include "tests/e2e/peers/oidc_peer.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "tests/cloud/pki.h"
#include "tests/e2e/fetch.h"
#include "tests/e2e/json.h"
#include "tests/e2e/key_pair.h"
#include "tests/e2e/ports.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kStartMax = std::chrono::seconds(30);
constexpr const char* kSecret = "a+b c:d%/e";  // what form encoding changes, on purpose

std::string origin(int port) {
    return "https://127.0.0.1:" + std::to_string(port);
}

std::string member(const std::string& name, const std::string& text) {
    return '"' + name + "\":\"" + text + '"';
}

// From the line that says where it listens; other words may stand around it. 0 as long as there is none.
int control_port_in(const std::string& output) {
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line) && !lines.eof();)
        if (const auto port = Json::parse(line)["control_port"].number(); port > 0) return static_cast<int>(port);
    return 0;
}

bool has_secret(const Login& login) {
    return login.auth.starts_with("client_secret_");
}

bool has_certificate(const Login& login) {
    return login.auth.ends_with("tls_client_auth");
}

Result<Json> tell(int control_port, const std::string& path) {
    auto answer = fetch("http://127.0.0.1:" + std::to_string(control_port) + path);
    if (!answer) return std::unexpected(answer.error());
    if (answer->status != 200) return fail(ErrorCode::kUnavailable, path + ": " + answer->body);
    return Json::parse(answer->body);
}

}  // namespace

OidcPeer::OidcPeer(std::filesystem::path folder, std::vector<Login> logins, SoftToken token)
    : folder_(std::move(folder)),
      logins_(std::move(logins)),
      token_(std::move(token)),
      provider_port_(free_port()),
      service_port_(free_port()),
      behind_port_(free_port()),
      guard_port_(free_port()) {}

Result<OidcPeer> OidcPeer::start(const std::filesystem::path& folder, std::vector<Login> logins,
                                 const ProviderSetup& setup) {
    auto token = SoftToken::make(folder / "token");
    if (!token) return std::unexpected(token.error());
    OidcPeer peer(folder, std::move(logins), std::move(*token));
    if (auto pki = cloud::prepare_pki(folder / "pki"); !pki) return std::unexpected(pki.error());
    if (auto made = peer.make_clients(); !made) return std::unexpected(made.error());
    if (auto started = peer.start_provider(setup); !started) return std::unexpected(started.error());
    if (auto started = peer.start_service(); !started) return std::unexpected(started.error());
    if (std::ranges::none_of(peer.logins_, &Login::guarded)) return peer;
    if (auto started = peer.start_guard(); !started) return std::unexpected(started.error());
    return peer;
}

// In the names of RFC 7591, but for a key, which is a file.
Result<void> OidcPeer::make_clients() const {
    std::string clients;
    for (const auto& login : logins_) {
        auto proof = make_proof(login);
        if (!proof) return std::unexpected(proof.error());
        if (login.enrolled)
            *proof += R"("grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"],)";
        if (login.binds_tokens) {
            const auto made = make_key_pair(dpop_key_file(login), folder_ / (login.name + ".dpop.pub"));
            if (!made) return std::unexpected(made.error());
            *proof += R"("dpop_bound_access_tokens":true,)";
        }
        for (const auto& key : {secret_file(login), dpop_key_file(login)})
            if (login.in_token && std::filesystem::exists(key))
                if (auto moved = token_.take(key); !moved) return std::unexpected(moved.error());
        clients += (clients.empty() ? "[{" : ",{") + *proof + member("client_id", login.name) + ',' +
                   member("token_endpoint_auth_method", login.auth) + '}';
    }
    return write_file(folder_ / "clients.json", clients + "]\n", 0600);
}

Result<std::string> OidcPeer::make_proof(const Login& login) const {
    if (login.auth == "none") return "";
    if (has_certificate(login)) return make_certified_key(login);
    if (has_secret(login)) {
        const auto written = write_file(secret_file(login), std::string(kSecret) + "\n", 0600);
        if (!written) return std::unexpected(written.error());
        return member("client_secret", kSecret) + ',';
    }
    const auto& kind = login.algorithm == "RS256" ? kRsa : kP256;
    if (auto made = make_key_pair(secret_file(login), public_key_file(login), kind); !made)
        return std::unexpected(made.error());
    return member("token_endpoint_auth_signing_alg", login.algorithm) + ',' +
           member("public_key_file", public_key_file(login).string()) + ',';
}

Result<std::string> OidcPeer::make_certified_key(const Login& login) const {
    const auto certificate = certificate_file(login);
    const bool by_itself = login.auth.starts_with("self_signed_");
    if (auto made = make_key_pair(secret_file(login), public_key_file(login)); !made)
        return std::unexpected(made.error());
    const auto authority = by_itself ? std::filesystem::path() : folder_ / "pki";
    if (auto made = make_certificate(secret_file(login), certificate, login.name, authority); !made)
        return std::unexpected(made.error());
    return R"("tls_client_certificate_bound_access_tokens":true,)" +
           (by_itself ? member("public_key_file", certificate.string())
                      : member("tls_client_auth_subject_dn", "CN=" + login.name)) +
           ',';
}

Result<OidcPeer::Program> OidcPeer::run(const std::string& script, int port, std::vector<std::string> arguments) const {
    ProcessOptions options;
    options.command = {NODE,     std::string(OIDC_PEER) + "/" + script,
                       "--pki",  (folder_ / "pki").string(),
                       "--port", std::to_string(port)};
    options.command.insert(options.command.end(), arguments.begin(), arguments.end());
    options.environment = {{"NODE_EXTRA_CA_CERTS", (folder_ / "pki" / "ca.pem").string()}};
    options.output = folder_ / (script + ".out");
    options.errors = folder_ / (script + ".err");
    std::filesystem::remove(options.output);  // an earlier run's
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    int control_port = 0;
    const auto settled = [&] {
        control_port = control_port_in(read_file(options.output));
        return control_port > 0 || !process->running();
    };
    if (!wait_until(settled, kStartMax) || control_port == 0)
        return fail(ErrorCode::kUnavailable, script + " does not start: " + read_file(options.errors));
    return Program{std::move(*process), control_port};
}

Result<void> OidcPeer::start_provider(const ProviderSetup& setup) {
    const std::string resource = setup.resource.empty() ? service() : setup.resource;
    auto started =
        run("provider.js", provider_port_,
            {"--clients", (folder_ / "clients.json").string(), "--resource", resource, "--lifetime",
             std::to_string(setup.lifetime.count()), "--clock-ahead", std::to_string(setup.clock_ahead.count())});
    if (!started) return std::unexpected(started.error());
    provider_.emplace(std::move(*started));
    return {};
}

Result<void> OidcPeer::start_service() {
    auto started = run(
        "postings.js", service_port_,
        {"--issuer", origin(provider_port_), "--audience", service(), "--behind-port", std::to_string(behind_port_)});
    if (!started) return std::unexpected(started.error());
    service_.emplace(std::move(*started));
    return {};
}

Result<void> OidcPeer::start_guard() {
    ProcessOptions options;
    options.command = {std::string(PEERS) + "/guard/serve"};
    options.environment = {{"FOLDER", folder_.string()},
                           {"PKI", (folder_ / "pki").string()},
                           {"PORT", std::to_string(guard_port_)},
                           {"SERVICE", "http://127.0.0.1:" + std::to_string(behind_port_) + "/postings"},
                           {"ISSUER", origin(provider_port_)},
                           {"AUDIENCE", service()}};
    options.output = options.errors = folder_ / "guard.err";
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    guard_.emplace(std::move(*process));
    if (!wait_until([&] { return listening(guard_port_) || !guard_->running(); }, kStartMax) || !guard_->running())
        return fail(ErrorCode::kUnavailable, "Apache does not start: " + read_file(options.errors));
    return {};
}

int OidcPeer::stop_provider() {
    const int status = provider_ ? provider_->process.stop() : -1;
    provider_.reset();
    return status;
}

int OidcPeer::stop_service() {
    const int status = service_ ? service_->process.stop() : -1;
    service_.reset();
    return status;
}

int OidcPeer::stop_guard() {
    const int status = guard_ ? guard_->stop() : -1;
    guard_.reset();
    return status;
}

DestinationSetup OidcPeer::destination(const Login& login) const {
    DestinationSetup setup;
    setup.name = login.name;
    setup.url = address_for(login) + "/" + login.name;
    setup.ca_file = (folder_ / "pki" / "ca.pem").string();
    if (login.asks_issuer)
        setup.issuer = origin(provider_port_);
    else
        setup.token_url = origin(provider_port_) + "/token";
    setup.auth = login.auth;
    setup.client_id = login.name;
    if (login.auth != "none") setup.secret_file = key_of(login, secret_file(login));
    setup.more = "proof_by_item = true\n";
    setup.oauth_more = "scope = \"postings.write\"\n";
    if (login.names_resource) setup.oauth_more += "resource = [\"" + service() + "\"]\n";
    if (login.enrolled) setup.oauth_more += "grant = \"refresh_token\"\n";
    if (login.enrolled && !login.asks_issuer)
        setup.oauth_more += "device_authorization_url = \"" + origin(provider_port_) + "/device/auth\"\n";
    if (has_certificate(login)) setup.certificate_file = certificate_file(login).string();
    if (login.binds_tokens) setup.oauth_more += "dpop_key_file = \"" + key_of(login, dpop_key_file(login)) + "\"\n";
    return setup;
}

bool OidcPeer::ask(const std::string& path) const {
    return provider_ && tell(provider_->control_port, path).has_value();
}

std::int64_t OidcPeer::grants(const std::string& name) const {
    if (!provider_) return -1;
    const auto grants = tell(provider_->control_port, "/grants");
    return grants ? (*grants)[name.c_str()].number() : -1;
}

Result<Effects> OidcPeer::effects(const std::string& name) const {
    const auto ids = tell(service_->control_port, "/ids/" + name);
    if (!ids) return std::unexpected(ids.error());
    Effects effects;
    for (const auto& each : ids->items()) effects[each.name()] = each.number();
    return effects;
}

Result<std::map<std::string, std::int64_t>> OidcPeer::visit() const {
    auto ran = run_command({NODE, std::string(OIDC_PEER) + "/visitor.js", "--folder", folder_.string(), "--provider",
                            origin(provider_port_), "--guard", origin(guard_port_)},
                           folder_);
    if (!ran) return std::unexpected(ran.error());
    if (ran->status != 0) return fail(ErrorCode::kUnavailable, ran->errors);
    const auto told = Json::parse(ran->output);
    std::map<std::string, std::int64_t> statuses;
    for (const auto& each : told.items()) statuses[each.name()] = each.number();
    return statuses;
}

std::filesystem::path OidcPeer::secret_file(const Login& login) const {
    return folder_ / (login.name + (has_secret(login) ? ".secret" : ".key"));
}

std::filesystem::path OidcPeer::dpop_key_file(const Login& login) const {
    return folder_ / (login.name + ".dpop.key");
}

std::filesystem::path OidcPeer::certificate_file(const Login& login) const {
    return folder_ / (login.name + ".pem");
}

// As the configuration names it.
std::string OidcPeer::key_of(const Login& login, const std::filesystem::path& file) const {
    return login.in_token ? token_.uri_of(file.filename()) : file.string();
}

std::string OidcPeer::service() const {
    return origin(service_port_) + "/postings";
}

std::string OidcPeer::address_for(const Login& login) const {
    if (!login.guarded) return service();
    const std::string kind = login.binds_tokens ? "key" : has_certificate(login) ? "certificate" : "bearer";
    return origin(guard_port_) + "/" + kind;
}

std::filesystem::path OidcPeer::public_key_file(const Login& login) const {
    return folder_ / (login.name + ".pub");
}

}  // namespace tillkeeper::lab
