#include <openssl/evp.h>
#include <openssl/rand.h>

#include "platform/password_hash.h"

namespace tillkeeper {
namespace {

constexpr std::size_t kHashBytes = 64;

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

Result<std::string> random_bytes(std::size_t count) {
    std::string made(count, '\0');
    if (RAND_bytes(bytes_of(made), static_cast<int>(count)) != 1)
        return fail(ErrorCode::kInternal, "OpenSSL: no random bytes");
    return made;
}

Result<std::string> pbkdf2_sha512(std::string_view password, std::string_view salt, int iterations) {
    std::string hash(kHashBytes, '\0');
    if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                          iterations, EVP_sha512(), static_cast<int>(kHashBytes), bytes_of(hash)) != 1)
        return fail(ErrorCode::kInternal, "OpenSSL: PBKDF2");
    return hash;
}

}  // namespace tillkeeper
