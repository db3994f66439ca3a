#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <string>

#include "platform/crypto.h"
#include "platform/linux-arm/openssl_parts.h"

namespace tillkeeper {
namespace {

constexpr int kRsaBitsMin = 2048;
constexpr int kP256ScalarBytes = 32;

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
    if (BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kP256ScalarBytes) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kP256ScalarBytes, kP256ScalarBytes) < 0)
        return {};
    return raw;
}

// Always 32 bytes (RFC 7518 section 6.2.1.2). "" when the key does not tell.
std::string coordinate(const EVP_PKEY* key, const char* name) {
    BIGNUM* read = nullptr;
    const bool told = EVP_PKEY_get_bn_param(key, name, &read) == 1;
    const std::unique_ptr<BIGNUM, Freeing<BN_free>> number(read);
    std::string bytes(kP256ScalarBytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(bytes.data());
    return told && BN_bn2binpad(number.get(), out, kP256ScalarBytes) > 0 ? bytes : std::string();
}

}  // namespace

struct SigningKey::Key {
    Pkey pkey;
    std::string_view algorithm;
};

SigningKey::SigningKey(std::unique_ptr<Key> key) : key_(std::move(key)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
    Pkey pkey = openssl::private_key(pem);
    if (!pkey) return fail(ErrorCode::kInvalid, "not an unencrypted private key in PEM form");
    const std::string_view algorithm = algorithm_of(pkey.get());
    if (algorithm.empty()) return fail(ErrorCode::kInvalid, why_not(pkey.get()));
    return SigningKey(std::make_unique<Key>(Key{std::move(pkey), algorithm}));
}

std::string_view SigningKey::algorithm() const {
    return key_->algorithm;
}

Result<std::string> SigningKey::public_jwk() const {
    if (key_->algorithm != "ES256") return fail(ErrorCode::kInvalid, "not a key on curve P-256");
    const openssl::CleanErrors clean;
    const std::string x = coordinate(key_->pkey.get(), OSSL_PKEY_PARAM_EC_PUB_X);
    const std::string y = coordinate(key_->pkey.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
    if (x.empty() || y.empty()) return fail(ErrorCode::kInternal, "the key does not tell its public half");
    return R"({"crv":"P-256","kty":"EC","x":")" + base64url(x) + R"(","y":")" + base64url(y) + R"("})";
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
