#include <algorithm>
#include <string>
#include <utility>

#include "agent/config/cloud_tables.h"
#include "agent/config/secret_file.h"
#include "platform/crypto.h"
#include "sync/dpop_proof.h"
#include "sync/oauth_discovery.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kResourcesMax = 16;
constexpr std::size_t kResourceBytesMax = 2048;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// RFC 8707 section 2: an absolute URI (RFC 3986 section 4.3), and so without a fragment.
bool is_resource(std::string_view uri) {
    const auto colon = uri.find(':');
    if (colon == std::string_view::npos || colon + 1 == uri.size() || uri.size() > kResourceBytesMax) return false;
    const auto scheme = uri.substr(0, colon);
    const bool named = kLetters.contains(scheme.substr(0, 1)) && !scheme.empty() &&
                       scheme.find_first_not_of(std::string(kLetters) + "0123456789+-.") == std::string_view::npos;
    return named && std::ranges::all_of(uri, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
}

void read_endpoint(TomlSection& s, sync::OAuthClient& out) {
    if (s.take("issuer") == nullptr) {
        s.required("token_url", out.token_url);
        s.optional("device_authorization_url", out.device_authorization_url);
        require_secure(s, "device_authorization_url", out.device_authorization_url);
        return require_secure(s, "token_url", out.token_url);
    }
    s.required("issuer", out.issuer);
    if (!out.issuer.empty() && !sync::is_issuer(out.issuer))
        s.fault("issuer", "must begin with https:// and have neither \"?\" nor \"#\"");
    for (const std::string_view key : {"token_url", "device_authorization_url"})
        if (s.take(key) != nullptr) s.fault(key, "given beside issuer, which is asked for it; remove one");
}

// With what tokens are got: the client's own right, or what a person let this box do.
void read_grant(TomlSection& s, const std::string& own_name, sync::OAuthClient& out) {
    std::string grant = "client_credentials";
    s.optional("grant", grant);
    const bool enrolled = grant == "refresh_token";
    if (!enrolled && grant != "client_credentials")
        s.fault("grant", "must be \"client_credentials\", or \"refresh_token\" where a person enrolls this box");
    if (enrolled) out.login = own_name;
    if (enrolled) s.optional("login", out.login);
    if (enrolled && !out.login.empty() && !is_cloud_name(out.login)) s.fault("login", "1 to 32 of a-z 0-9 _ -");
    if (!enrolled && out.auth == sync::ClientAuth::kPublic)
        s.fault("auth",
                "\"none\" needs grant = \"refresh_token\": a client that proves nothing gets no token by itself");
    if (!enrolled && s.take("login") != nullptr) s.fault("login", "only with grant = \"refresh_token\"; remove it");
    if (!enrolled && s.take("device_authorization_url") != nullptr)
        s.fault("device_authorization_url", "only with grant = \"refresh_token\"; remove it");
}

// Whether it is the URI of a key that stays in its token (RFC 7512). The PIN is a secret, and stands in a file of its
// own.
bool read_token_uri(TomlSection& s, std::string_view name, std::string& out) {
    const auto* node = s.take(name);
    const auto uri = node != nullptr ? node->value<std::string>().value_or("") : "";
    if (!is_token_uri(uri)) return false;
    if (uri.contains("pin-value"))
        s.fault(name, "no PIN in here: give pin-source=/file in place of pin-value");
    else
        out = uri;
    return true;
}

// Such a URI, or a file.
void read_key(TomlSection& s, std::string_view name, std::string& out, bool needed) {
    if (!read_token_uri(s, name, out)) s.file(name, out, true, needed);
}

// Where a secret is read again: from its file. A key in a token stays what it is.
struct Rereading {
    std::string file;
    std::string content;

    static Rereading of(TomlSection& s, std::string_view name, const std::string& content) {
        Rereading made{.file = {}, .content = content};
        if (!content.empty() && !is_token_uri(content)) s.path(name, made.file);
        return made;
    }
    [[nodiscard]] Result<std::string> read() const {
        return file.empty() ? Result<std::string>(content) : read_config_file(file, true);
    }
};

// What is written there later counts as well.
void read_again(TomlSection& s, sync::OAuthClient& out) {
    out.reread = [secret = Rereading::of(s, "client_secret_file", out.client_secret),
                  key = Rereading::of(s, "private_key_file", out.private_key_pem),
                  dpop = Rereading::of(s, "dpop_key_file", out.dpop_key_pem)]() -> Result<sync::ClientKeys> {
        sync::ClientKeys keys;
        for (const auto& [from, to] : {std::pair(&secret, &keys.client_secret), std::pair(&key, &keys.private_key_pem),
                                       std::pair(&dpop, &keys.dpop_key_pem)}) {
            auto read = from->read();
            if (!read) return std::unexpected(read.error());
            *to = std::move(*read);
        }
        return keys;
    };
}

void read_resources(TomlSection& s, std::vector<std::string>& out) {
    s.optional("resource", out);
    if (out.size() > kResourcesMax) s.fault("resource", "at most " + std::to_string(kResourcesMax));
    if (!std::ranges::all_of(out, is_resource))
        s.fault("resource", "must be absolute addresses without \"#\", as \"https://erp.example/api\"");
}

// Only the places of the files, not what is in them: a pair that is being renewed just now does not keep a store
// closed.
void read_certificate_files(TomlSection& s, sync::OAuthClient& out) {
    std::string certificate;
    std::string key;
    s.path("certificate_file", certificate, true);
    if (!read_token_uri(s, "private_key_file", key)) s.path("private_key_file", key, true);
    if (!certificate.empty() && !key.empty())
        out.identity = [certificate, key] { return read_tls_identity(certificate, key); };
}

void read_proof(TomlSection& s, sync::OAuthClient& out) {
    std::string auth = "client_secret_basic";
    s.optional("auth", auth);
    if (auth == "client_secret_basic" || auth == "client_secret_post") {
        out.auth = auth.ends_with("post") ? sync::ClientAuth::kClientSecretPost : sync::ClientAuth::kClientSecretBasic;
        s.file("client_secret_file", out.client_secret, true, true);
    } else if (auth == "private_key_jwt") {
        out.auth = sync::ClientAuth::kPrivateKeyJwt;
        read_key(s, "private_key_file", out.private_key_pem, true);
    } else if (auth == "tls_client_auth" || auth == "self_signed_tls_client_auth") {
        out.auth = sync::ClientAuth::kMutualTls;
        read_certificate_files(s, out);
    } else if (auth == "none") {
        out.auth = sync::ClientAuth::kPublic;
    } else {
        s.fault("auth",
                "must be \"client_secret_basic\", \"client_secret_post\", \"private_key_jwt\", \"tls_client_auth\", "
                "\"self_signed_tls_client_auth\" or \"none\"");
    }
}

}  // namespace

void try_key(TomlSection& section, const sync::OAuthClient& client) {
    if (client.identity)
        if (auto read = client.identity(); !read) section.fault("oauth", read.error().message);
    if (!client.private_key_pem.empty())
        if (auto key = SigningKey::read(client.private_key_pem); !key) section.fault("oauth", key.error().message);
    if (!client.dpop_key_pem.empty())
        if (auto key = sync::dpop_key(client.dpop_key_pem); !key) section.fault("oauth", key.error().message);
}

void read_oauth(TomlSource& source, TomlSection& section, const TableName& table, sync::OAuthClient& out) {
    const std::string& name = table.kind;
    const auto* node = section.take("oauth");
    if (node == nullptr) return;
    if (!node->is_table()) return section.fault("oauth", "must be a table, [" + name + ".oauth]");
    TomlSection s(source, node->as_table(), name + ".oauth");
    read_endpoint(s, out);
    s.required("client_id", out.client_id);
    s.optional("scope", out.scope);
    s.optional("audience", out.audience);
    s.optional("token_audience", out.token_audience);
    s.optional("key_id", out.key_id);
    read_resources(s, out.resources);
    read_proof(s, out);
    read_key(s, "dpop_key_file", out.dpop_key_pem, false);
    read_grant(s, table.own, out);
    read_again(s, out);
    s.no_others();
}

}  // namespace tillkeeper::agent
