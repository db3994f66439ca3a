#include "tests/cloud/lease_signer.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <array>

namespace tillkeeper::cloud {
namespace {

std::string base64url(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    out.erase(out.find_last_not_of('=') + 1);
    return out;
}

std::string raw_signature(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string raw(64, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + 32, 32);
    return raw;
}

std::string coordinate(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key, name, &number);
    std::string bytes(32, '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
    BN_free(number);
    return base64url(bytes);
}

}  // namespace

LeaseSigner::LeaseSigner(std::string key_id) : key_id_(std::move(key_id)), key_(EVP_EC_gen("P-256")) {}

std::string LeaseSigner::sign(std::string_view claims) const {
    const std::string head = R"({"alg":"ES256","kid":")" + key_id_ + R"(","typ":"tillkeeper-lease+jwt"})";
    const std::string input = base64url(head) + "." + base64url(claims);
    const DigestState state(EVP_MD_CTX_new());
    std::string der(128, '\0');
    std::size_t size = der.size();
    EVP_DigestSignInit(state.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(state.get(), reinterpret_cast<unsigned char*>(der.data()), &size,
                   reinterpret_cast<const unsigned char*>(input.data()), input.size());
    der.resize(size);
    return input + "." + base64url(raw_signature(der));
}

std::string LeaseSigner::jwk() const {
    return R"({"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":")" + key_id_ + R"(","x":")" +
           coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" +
           coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y) + "\"}";
}

}  // namespace tillkeeper::cloud
