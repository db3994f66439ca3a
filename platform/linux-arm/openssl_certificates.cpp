#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "platform/certificates.h"
#include "platform/linux-arm/openssl_parts.h"

namespace tillkeeper {
namespace {

constexpr std::size_t kSerialBytes = 16;
constexpr long kVersion3 = 2;  // as X.509 counts
constexpr long kListVersion2 = 1;

using openssl::Bio;
using openssl::CleanErrors;
using openssl::Freeing;
using openssl::Key;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using List = std::unique_ptr<X509_CRL, Freeing<X509_CRL_free>>;
using Time = std::unique_ptr<ASN1_TIME, Freeing<ASN1_TIME_free>>;
using Number = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, Freeing<ASN1_INTEGER_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freeing<GENERAL_NAMES_free>>;
using Revoked = std::unique_ptr<X509_REVOKED, Freeing<X509_REVOKED_free>>;

std::unexpected<Error> failed(const char* what) {
    ERR_clear_error();
    return fail(ErrorCode::kInternal, std::string("OpenSSL: ") + what);
}

// Not by time_t, which has 32 bits on armhf.
Time to_asn1(WallTime time) {
    std::string text = to_rfc3339(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
    Time made(ASN1_TIME_new());
    return ASN1_TIME_set_string_X509(made.get(), text.c_str()) == 1 ? std::move(made) : nullptr;
}

WallTime from_asn1(const ASN1_TIME* time) {
    using namespace std::chrono;
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    const auto day =
        sys_days(year(parts.tm_year + 1900) / month(static_cast<unsigned>(parts.tm_mon) + 1) / parts.tm_mday);
    return WallTime(day + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec));
}

std::string pem_of(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return openssl::text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return openssl::text_of(bio.get());
}

Certificate certificate_from(std::string_view pem) {
    const CleanErrors clean;
    return Certificate(PEM_read_bio_X509(openssl::reading(pem).get(), nullptr, openssl::no_password, nullptr));
}

bool extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_random_serial(X509* certificate) {
    std::array<unsigned char, kSerialBytes> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3F) | 0x40);  // positive, and always as long
    const Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_name(X509* certificate, const std::string& common_name) {
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(common_name.data()),
                                      static_cast<int>(common_name.size()), -1, 0) == 1;
}

// All but issuer, extensions and signature.
Certificate blank(const std::string& common_name, WallTime until, EVP_PKEY* key) {
    Certificate made(X509_new());
    const Time from = to_asn1(WallTime{});
    const Time to = to_asn1(until);
    const bool good = made && from && to && X509_set_version(made.get(), kVersion3) == 1 &&
                      set_random_serial(made.get()) && set_name(made.get(), common_name) &&
                      X509_set1_notBefore(made.get(), from.get()) == 1 &&
                      X509_set1_notAfter(made.get(), to.get()) == 1 && X509_set_pubkey(made.get(), key) == 1;
    return good ? std::move(made) : nullptr;
}

// As X.509 extensions are written. Nothing in a host may end its entry and begin another.
Result<std::string> alternative_names(const std::vector<std::string>& hosts) {
    std::string list;
    for (const auto& host : hosts) {
        if (host.empty() ||
            host.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-_") !=
                std::string::npos)
            return fail(ErrorCode::kInvalid, "not a host name nor an address: " + host);
        const bool address = host.find_first_not_of("0123456789.") == std::string::npos || host.contains(':');
        list += (list.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + host;
    }
    return list;
}

Result<Extension> serial_extension(std::uint32_t number) {
    const Integer value(ASN1_INTEGER_new());
    if (!value || ASN1_INTEGER_set_uint64(value.get(), number) != 1) return failed("number");
    return Extension(X509V3_EXT_i2d(NID_crl_number, 0, value.get()));
}

std::string hex_of(const ASN1_INTEGER* serial) {
    const Number number(ASN1_INTEGER_to_BN(serial, nullptr));
    char* hex = BN_bn2hex(number.get());
    std::string text = hex;
    OPENSSL_free(hex);
    return text;
}

bool add_revoked(X509_CRL* list, const std::string& serial, const ASN1_TIME* when) {
    BIGNUM* raw = nullptr;
    BN_hex2bn(&raw, serial.c_str());
    const Number number(raw);
    const Integer value(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
    Revoked revoked(X509_REVOKED_new());
    if (!value || !revoked || X509_REVOKED_set_serialNumber(revoked.get(), value.get()) != 1 ||
        X509_REVOKED_set_revocationDate(revoked.get(), const_cast<ASN1_TIME*>(when)) != 1)
        return false;
    if (X509_CRL_add0_revoked(list, revoked.get()) != 1) return false;
    static_cast<void>(revoked.release());  // the list's now
    return true;
}

std::string text_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(const std::string& bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
    return ::inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr ? text.data() : "";
}

std::vector<std::string> hosts_of(const X509* certificate) {
    const Names names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> hosts;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) hosts.push_back(text_of(name->d.dNSName));
        if (name->type == GEN_IPADD) hosts.push_back(address_text(text_of(name->d.iPAddress)));
    }
    std::ranges::sort(hosts);
    return hosts;
}

}  // namespace

std::string canonical_host(const std::string& host) {
    std::array<char, sizeof(in6_addr)> bytes{};
    for (const auto& [family, size] : {std::pair{AF_INET, sizeof(in_addr)}, std::pair{AF_INET6, sizeof(in6_addr)}})
        if (::inet_pton(family, host.c_str(), bytes.data()) == 1) return address_text({bytes.data(), size});
    return host;
}

bool is_signed_by(std::string_view pem, const Identity& authority) {
    const auto certificate = certificate_from(pem);
    const auto key = openssl::private_key(authority.key_pem);
    const CleanErrors clean;
    return certificate && key && X509_verify(certificate.get(), key.get()) == 1;
}

Result<Identity> make_authority(const std::string& common_name, WallTime until, const Identity* old) {
    const Key key(old != nullptr ? openssl::private_key(old->key_pem) : Key(EVP_EC_gen("P-256")));
    if (!key) return failed("key");
    const auto made = blank(common_name, until, key.get());
    if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) != 1) return failed("certificate");
    if (!extend(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !extend(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !extend(made.get(), made.get(), NID_subject_key_identifier, "hash"))
        return failed("extension");
    if (X509_sign(made.get(), key.get(), EVP_sha256()) == 0) return failed("signature");
    return Identity{pem_of(key.get()), pem_of(made.get())};
}

Result<Identity> issue_certificate(const Identity& authority, const CertificateWish& wish) {
    const Key authority_key = openssl::private_key(authority.key_pem);
    const Certificate issuer = certificate_from(authority.certificate_pem);
    if (!authority_key || !issuer) return fail(ErrorCode::kInvalid, "no usable authority");
    const auto names = alternative_names(wish.hosts);
    if (!names) return std::unexpected(names.error());
    const Key key(EVP_EC_gen("P-256"));
    const auto made = key ? blank(wish.common_name, wish.until, key.get()) : nullptr;
    if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) != 1)
        return failed("certificate");
    const bool server = !wish.hosts.empty();
    if (!extend(made.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
        !extend(made.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") ||
        !extend(made.get(), issuer.get(), NID_ext_key_usage, server ? "serverAuth" : "clientAuth") ||
        !extend(made.get(), issuer.get(), NID_authority_key_identifier, "keyid") ||
        (server && !extend(made.get(), issuer.get(), NID_subject_alt_name, *names)))
        return failed("extension");
    if (X509_sign(made.get(), authority_key.get(), EVP_sha256()) == 0) return failed("signature");
    return Identity{pem_of(key.get()), pem_of(made.get())};
}

Result<std::string> make_revocation_list(const Identity& authority, const std::vector<std::string>& serials,
                                         std::uint32_t number) {
    const Key key = openssl::private_key(authority.key_pem);
    const Certificate issuer = certificate_from(authority.certificate_pem);
    if (!key || !issuer) return fail(ErrorCode::kInvalid, "no usable authority");
    // Of two lists OpenSSL believes the one with the later date: its number serves as the date, so that no clock
    // matters.
    const Time dated = to_asn1(WallTime{} + std::chrono::seconds(number));
    const Time last = to_asn1(std::chrono::sys_days(std::chrono::year(9999) / 12 / 31));
    const List list(X509_CRL_new());
    auto extension = serial_extension(number);
    if (!list || !dated || !last || !extension || X509_CRL_set_version(list.get(), kListVersion2) != 1 ||
        X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.get())) != 1 ||
        X509_CRL_set1_lastUpdate(list.get(), dated.get()) != 1 ||
        X509_CRL_set1_nextUpdate(list.get(), last.get()) != 1 ||
        X509_CRL_add_ext(list.get(), extension->get(), -1) != 1)
        return failed("revocation list");
    for (const auto& serial : serials)
        if (!add_revoked(list.get(), serial, dated.get())) return failed("revoked certificate");
    X509_CRL_sort(list.get());
    if (X509_CRL_sign(list.get(), key.get(), EVP_sha256()) == 0) return failed("signature");
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509_CRL(bio.get(), list.get());
    return openssl::text_of(bio.get());
}

Result<std::vector<std::string>> read_revocation_list(std::string_view pem, const Identity& authority) {
    const CleanErrors clean;
    const List list(PEM_read_bio_X509_CRL(openssl::reading(pem).get(), nullptr, openssl::no_password, nullptr));
    const auto key = openssl::private_key(authority.key_pem);
    if (!list || !key || X509_CRL_verify(list.get(), key.get()) != 1)
        return fail(ErrorCode::kInvalid, "no revocation list of this authority");
    std::vector<std::string> serials;
    auto* revoked = X509_CRL_get_REVOKED(list.get());
    for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i)
        serials.push_back(hex_of(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i))));
    return serials;
}

Result<CertificateFacts> read_certificate(std::string_view pem) {
    const auto certificate = certificate_from(pem);
    if (!certificate) return fail(ErrorCode::kInvalid, "no certificate in PEM form");
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    return CertificateFacts{name.data(), hex_of(X509_get0_serialNumber(certificate.get())),
                            from_asn1(X509_get0_notAfter(certificate.get())), hosts_of(certificate.get())};
}

Result<Identity> read_identity(std::string_view pem) {
    const auto key = openssl::private_key(pem);
    const auto certificate = certificate_from(pem);
    if (!key || !certificate || X509_check_private_key(certificate.get(), key.get()) != 1)
        return fail(ErrorCode::kInvalid, "no key with its certificate in PEM form");
    return Identity{pem_of(key.get()), pem_of(certificate.get())};
}

}  // namespace tillkeeper
