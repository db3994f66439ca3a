#include "tests/cloud/pki.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "tests/cloud/openssl_owned.h"

namespace tillkeeper::cloud {
namespace {

constexpr int kAuthorityDays = 3650;
constexpr long kDaySeconds = 86400;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

struct Identity {
    Key key;
    Certificate certificate;
};

Certificate new_certificate(const char* name, int days, EVP_PKEY* key) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    std::uint32_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
    // A store's clock may be behind.
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -(kAuthorityDays * kDaySeconds));
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDaySeconds);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

void add_extension(X509* certificate, X509* issuer, int what, const char* value) {
    X509V3_CTX signing{};
    X509V3_set_ctx(&signing, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &signing, what, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Identity make_authority() {
    Key key(EVP_EC_gen("P-256"));
    Certificate certificate = new_certificate("Simulated cloud CA", kAuthorityDays, key.get());
    X509* self = certificate.get();
    X509_set_issuer_name(self, X509_get_subject_name(self));
    add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(self, self, NID_subject_key_identifier, "hash");
    X509_sign(self, key.get(), EVP_sha256());
    return {std::move(key), std::move(certificate)};
}

Identity make_server(const Identity& authority, int days) {
    Key key(EVP_EC_gen("P-256"));
    Certificate certificate = new_certificate("localhost", days, key.get());
    X509* self = certificate.get();
    X509* issuer = authority.certificate.get();
    X509_set_issuer_name(self, X509_get_subject_name(issuer));
    add_extension(self, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(self, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(self, issuer, NID_ext_key_usage, "serverAuth");
    add_extension(self, issuer, NID_subject_alt_name, "DNS:localhost,DNS:cloud.test,IP:127.0.0.1,IP:::1");
    add_extension(self, issuer, NID_authority_key_identifier, "keyid");
    X509_sign(self, authority.key.get(), EVP_sha256());
    return {std::move(key), std::move(certificate)};
}

bool write_identity(const Identity& identity, const std::filesystem::path& certificate,
                    const std::filesystem::path& key) {
    const File certificate_file(std::fopen(certificate.c_str(), "w"));
    const File key_file(std::fopen(key.c_str(), "w"));
    if (!certificate_file || !key_file) return false;
    std::error_code error;
    std::filesystem::permissions(key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
    return PEM_write_X509(certificate_file.get(), identity.certificate.get()) == 1 &&
           PEM_write_PrivateKey(key_file.get(), identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
}

Result<Identity> read_identity(const std::filesystem::path& certificate, const std::filesystem::path& key) {
    const File certificate_file(std::fopen(certificate.c_str(), "r"));
    const File key_file(std::fopen(key.c_str(), "r"));
    if (!certificate_file || !key_file) return fail(ErrorCode::kIo, "cannot read " + certificate.string());
    Identity identity{Key(PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr)),
                      Certificate(PEM_read_X509(certificate_file.get(), nullptr, nullptr, nullptr))};
    if (!identity.key || !identity.certificate) return fail(ErrorCode::kCorrupt, certificate.string() + " is damaged");
    return identity;
}

}  // namespace

Result<Pki> prepare_pki(const std::filesystem::path& folder, int days) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const Pki pki{folder / "ca.pem", folder / "server.pem", folder / "server-key.pem"};
    const auto ca_key = folder / "ca-key.pem";
    const auto unwritable = [&] { return fail(ErrorCode::kIo, "cannot write into " + folder.string()); };
    const bool new_authority = !std::filesystem::exists(pki.ca) || !std::filesystem::exists(ca_key);
    if (new_authority && !write_identity(make_authority(), pki.ca, ca_key)) return unwritable();
    const bool kept = !new_authority && days == kUsualDays && std::filesystem::exists(pki.chain) &&
                      std::filesystem::exists(pki.server_key);
    if (kept) return pki;
    const auto authority = read_identity(pki.ca, ca_key);
    if (!authority) return std::unexpected(authority.error());
    if (!write_identity(make_server(*authority, days), pki.chain, pki.server_key)) return unwritable();
    return pki;
}

}  // namespace tillkeeper::cloud
