#include <openssl/evp.h>
#include <openssl/rand.h>

#include "platform/password_hash.h"

namespace tillkeeper {
namespace {

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

Result<std::string> pbkdf2(std::string_view password, std::string_view salt, int iterations, const EVP_MD* digest) {
    std::string hash(static_cast<std::size_t>(EVP_MD_get_size(digest)), '\0');
    if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                          iterations, digest, static_cast<int>(hash.size()), bytes_of(hash)) != 1)
        return fail(ErrorCode::kInternal, "OpenSSL: PBKDF2");
    return hash;
}

}  // namespace

Result<std::string> random_bytes(std::size_t count) {
    std::string made(count, '\0');
    if (RAND_bytes(bytes_of(made), static_cast<int>(count)) != 1)
        return fail(ErrorCode::kInternal, "OpenSSL: no random bytes");
    return made;
}

Result<std::string> pbkdf2_sha512(std::string_view password, std::string_view salt, int iterations) {
    return pbkdf2(password, salt, iterations, EVP_sha512());
}

Result<std::string> pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations) {
    return pbkdf2(password, salt, iterations, EVP_sha256());
}

}  // namespace tillkeeper
