#include <openssl/x509.h>

#include <memory>

#include "platform/certificates.h"
#include "platform/crypto.h"
#include "platform/linux-arm/openssl_parts.h"
#include "platform/linux-arm/openssl_token.h"

namespace tillkeeper {

Result<void> check_key_of(std::string_view certificate_pem, const std::string& key) {
    const openssl::CleanErrors clean;
    const std::unique_ptr<X509, openssl::Freeing<X509_free>> certificate(
        PEM_read_bio_X509(openssl::reading(certificate_pem).get(), nullptr, openssl::no_password, nullptr));
    if (!certificate) return fail(ErrorCode::kInvalid, "no certificate in PEM form");
    auto own = is_token_uri(key) ? openssl::token_key(key) : Result<openssl::Key>(openssl::private_key(key));
    if (!own) return std::unexpected(own.error());
    if (!*own) return fail(ErrorCode::kInvalid, "not an unencrypted private key in PEM form");
    if (X509_check_private_key(certificate.get(), own->get()) != 1)
        return fail(ErrorCode::kInvalid, "the private key is not that of the certificate");
    return {};
}

}  // namespace tillkeeper
