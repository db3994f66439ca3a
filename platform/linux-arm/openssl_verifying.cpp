#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <string>

#include "platform/crypto.h"
#include "platform/linux-arm/openssl_parts.h"

namespace tillkeeper {
namespace {

constexpr std::size_t kP256Bytes = 32;

using openssl::Freeing;
using KeyMaking = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;
using BuiltParameters = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;
using VerifyContext = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freeing<BN_free>>;

BigNumber number(std::string_view bytes) {
    return BigNumber(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

// JWS has R || S, OpenSSL wants DER.
std::string der_of(std::string_view raw) {
    const EcdsaSignature signature(ECDSA_SIG_new());
    auto r = number(raw.substr(0, kP256Bytes));
    auto s = number(raw.substr(kP256Bytes));
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    unsigned char* bytes = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &bytes);
    if (size <= 0) return {};
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

}  // namespace

struct VerifyingKey::Key {
    openssl::Key pkey;
};

VerifyingKey::VerifyingKey(std::unique_ptr<Key> key) : key_(std::move(key)) {}
VerifyingKey::VerifyingKey(VerifyingKey&&) noexcept = default;
VerifyingKey& VerifyingKey::operator=(VerifyingKey&&) noexcept = default;
VerifyingKey::~VerifyingKey() = default;

Result<VerifyingKey> VerifyingKey::from_point(std::string_view x, std::string_view y) {
    const openssl::CleanErrors clean;
    const auto invalid = [] { return fail(ErrorCode::kInvalid, "not a point on the curve P-256"); };
    if (x.size() != kP256Bytes || y.size() != kP256Bytes) return invalid();
    const std::string point = '\x04' + std::string(x) + std::string(y);
    const Parameters build(OSSL_PARAM_BLD_new());
    if (!build || OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return invalid();
    const BuiltParameters parameters(OSSL_PARAM_BLD_to_param(build.get()));
    const KeyMaking making(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* made = nullptr;
    if (!making || !parameters || EVP_PKEY_fromdata_init(making.get()) != 1 ||
        EVP_PKEY_fromdata(making.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return invalid();
    openssl::Key pkey(made);
    const KeyMaking checking(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
    if (!checking || EVP_PKEY_public_check(checking.get()) != 1) return invalid();
    return VerifyingKey(std::make_unique<Key>(Key{std::move(pkey)}));
}

Result<VerifyingKey> VerifyingKey::from_pem(std::string_view pem) {
    const openssl::CleanErrors clean;
    openssl::Key pkey(PEM_read_bio_PUBKEY(openssl::reading(pem).get(), nullptr, openssl::no_password, nullptr));
    char group[32] = {};
    if (!pkey || EVP_PKEY_is_a(pkey.get(), "EC") != 1 ||
        EVP_PKEY_get_group_name(pkey.get(), group, sizeof group, nullptr) != 1 ||
        std::string_view(group) != "prime256v1")
        return fail(ErrorCode::kInvalid, "not a public key on the curve P-256 in PEM form");
    return VerifyingKey(std::make_unique<Key>(Key{std::move(pkey)}));
}

bool VerifyingKey::holds(std::string_view input, std::string_view signature) const {
    const openssl::CleanErrors clean;
    if (signature.size() != 2 * kP256Bytes) return false;
    const std::string der = der_of(signature);
    const VerifyContext verifying(EVP_MD_CTX_new());
    return !der.empty() && verifying &&
           EVP_DigestVerifyInit(verifying.get(), nullptr, EVP_sha256(), nullptr, key_->pkey.get()) == 1 &&
           EVP_DigestVerify(verifying.get(), reinterpret_cast<const unsigned char*>(der.data()), der.size(),
                            reinterpret_cast<const unsigned char*>(input.data()), input.size()) == 1;
}

}  // namespace tillkeeper
