#include <openssl/bn.h>
#include <openssl/ec.h>

#include <string>

#include "platform/crypto.h"
#include "platform/linux-arm/openssl_parts.h"
#include "platform/linux-arm/openssl_token.h"

namespace tillkeeper {
namespace {

constexpr int kRsaBitsMin = 2048;
constexpr std::size_t kP256ScalarBytes = 32;

using openssl::Freeing;
using Pkey = openssl::Key;
using SignContext = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;

std::string_view algorithm_of(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1) return EVP_PKEY_get_bits(key) >= kRsaBitsMin ? "RS256" : "";
    char group[32] = {};
    if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
        std::string_view(group) == "prime256v1")
        return "ES256";
    return "";
}

std::string why_not(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1)
        return "an RSA key of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits; RS256 takes 2048 or more";
    return "the key must be EC on curve P-256, or RSA with 2048 bits or more";
}

// JWS wants R || S (RFC 7518 section 3.4), OpenSSL makes DER.
std::string raw_ecdsa(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (!signature) return {};
    std::string raw(2 * kP256ScalarBytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    const int bytes = kP256ScalarBytes;
    if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, bytes) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + bytes, bytes) < 0)
        return {};
    return raw;
}

// The point as 4 || X || Y (SEC 1 section 2.3.3), of keys in tokens as well. "" when the key does not tell.
std::string point_of(EVP_PKEY* key) {
    unsigned char* bytes = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(key, &bytes);
    std::string point(reinterpret_cast<const char*>(bytes), size);
    OPENSSL_free(bytes);
    return size == 1 + 2 * kP256ScalarBytes && point.front() == 4 ? point : std::string();
}

}  // namespace

struct SigningKey::Key {
    Pkey pkey;
    std::string_view algorithm;
};

SigningKey::SigningKey(std::unique_ptr<Key> key) : key_(std::move(key)) {}
SigningKey::SigningKey(const SigningKey& other)
    : key_(std::make_unique<Key>(Key{Pkey(other.key_->pkey.get()), other.key_->algorithm})) {
    EVP_PKEY_up_ref(key_->pkey.get());
}
SigningKey& SigningKey::operator=(const SigningKey& other) {
    return *this = SigningKey(other);
}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::of(std::unique_ptr<Key> key) {
    key->algorithm = algorithm_of(key->pkey.get());
    if (key->algorithm.empty()) return fail(ErrorCode::kInvalid, why_not(key->pkey.get()));
    return SigningKey(std::move(key));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
    Pkey pkey = openssl::private_key(pem);
    if (!pkey) return fail(ErrorCode::kInvalid, "not an unencrypted private key in PEM form");
    return of(std::make_unique<Key>(Key{std::move(pkey), {}}));
}

Result<std::string> SigningKey::make_pem() {
    const openssl::CleanErrors clean;
    const Pkey key(EVP_EC_gen("P-256"));
    const openssl::Bio bio(BIO_new(BIO_s_mem()));
    if (!key || PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return fail(ErrorCode::kInternal, "no key could be made");
    return openssl::text_of(bio.get());
}

Result<SigningKey> SigningKey::from_token(const std::string& uri) {
    auto pkey = openssl::token_key(uri);
    if (!pkey) return std::unexpected(pkey.error());
    return of(std::make_unique<Key>(Key{std::move(*pkey), {}}));
}

Result<SigningKey> SigningKey::read(const std::string& pem_or_uri) {
    return is_token_uri(pem_or_uri) ? from_token(pem_or_uri) : from_pem(pem_or_uri);
}

std::string_view SigningKey::algorithm() const {
    return key_->algorithm;
}

Result<std::string> SigningKey::public_jwk() const {
    if (key_->algorithm != "ES256") return fail(ErrorCode::kInvalid, "not a key on curve P-256");
    const openssl::CleanErrors clean;
    const std::string point = point_of(key_->pkey.get());
    if (point.empty()) return fail(ErrorCode::kInternal, "the key does not tell its public half");
    const std::string x = base64url(std::string_view(point).substr(1, kP256ScalarBytes));
    const std::string y = base64url(std::string_view(point).substr(1 + kP256ScalarBytes));
    return R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})";
}

Result<std::string> SigningKey::public_pem() const {
    const openssl::CleanErrors clean;
    const openssl::Bio bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PUBKEY(bio.get(), key_->pkey.get()) != 1)
        return fail(ErrorCode::kInternal, "the key does not tell its public half");
    return openssl::text_of(bio.get());
}

Result<std::string> SigningKey::sign(std::string_view input) const {
    const SignContext signing(EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_->pkey.get())), '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, key_->pkey.get()) != 1 ||
        EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, input.size()) !=
            1) {
        ERR_clear_error();
        return fail(ErrorCode::kInternal, "the key could not sign");
    }
    signature.resize(size);
    if (key_->algorithm == "ES256") signature = raw_ecdsa(signature);
    if (signature.empty()) return fail(ErrorCode::kInternal, "the signature has no readable form");
    return signature;
}

}  // namespace tillkeeper
