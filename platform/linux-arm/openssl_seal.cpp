#include <openssl/evp.h>

#include <limits>

#include "platform/crypto.h"

namespace tillkeeper {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kTextBytesMax = std::numeric_limits<int>::max() / 2;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const EVP_CIPHER* aes_256_gcm() {
    static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    return algorithm;
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

Result<void> check(std::string_view key, std::string_view nonce, std::string_view bound, std::string_view text) {
    if (key.size() != kKeyBytes) return fail(ErrorCode::kInvalid, "a sealing key has 32 bytes");
    if (nonce.size() != kNonceBytes) return fail(ErrorCode::kInvalid, "a nonce has 12 bytes");
    if (bound.size() > kTextBytesMax || text.size() > kTextBytesMax)
        return fail(ErrorCode::kLimit, "too long to be sealed in one piece");
    return {};
}

// Runs `text` through the cipher after `bound`. The result has the size of `text`; the tag is left to the caller.
bool transform(EVP_CIPHER_CTX* cipher, std::string_view key, std::string_view nonce, std::string_view bound,
               std::string_view text, std::string& out, bool encrypt) {
    int written = 0;
    out.resize(text.size());
    return EVP_CipherInit_ex2(cipher, aes_256_gcm(), bytes_of(key), bytes_of(nonce), encrypt ? 1 : 0, nullptr) == 1 &&
           (bound.empty() ||
            EVP_CipherUpdate(cipher, nullptr, &written, bytes_of(bound), static_cast<int>(bound.size())) == 1) &&
           (text.empty() ||
            EVP_CipherUpdate(cipher, bytes_of(out), &written, bytes_of(text), static_cast<int>(text.size())) == 1);
}

}  // namespace

Result<std::string> seal(std::string_view key, std::string_view nonce, std::string_view bound, std::string_view plain) {
    if (auto valid = check(key, nonce, bound, plain); !valid) return std::unexpected(valid.error());
    const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    std::string sealed;
    std::string tag(kTagBytes, '\0');
    int written = 0;
    if (!cipher || !transform(cipher.get(), key, nonce, bound, plain, sealed, true) ||
        EVP_CipherFinal_ex(cipher.get(), bytes_of(tag), &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) != 1)
        return fail(ErrorCode::kInternal, "AES-256-GCM is not available");
    return sealed + tag;
}

Result<std::string> unseal(std::string_view key, std::string_view nonce, std::string_view bound,
                           std::string_view sealed) {
    if (auto valid = check(key, nonce, bound, sealed); !valid) return std::unexpected(valid.error());
    if (sealed.size() < kTagBytes) return fail(ErrorCode::kCorrupt, "too short to have been sealed");
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    sealed.remove_suffix(kTagBytes);
    const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    std::string plain;
    std::string rest(kTagBytes, '\0');
    int written = 0;
    if (!cipher || !transform(cipher.get(), key, nonce, bound, sealed, plain, false) ||
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) != 1)
        return fail(ErrorCode::kInternal, "AES-256-GCM is not available");
    if (EVP_CipherFinal_ex(cipher.get(), bytes_of(rest), &written) != 1)
        return fail(ErrorCode::kCorrupt, "changed, or sealed with another key");
    return plain;
}

}  // namespace tillkeeper
