#include "tests/agent/loyalty/lease_writer.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace tillkeeper::agent::loyalty_test {
namespace {

struct MadeKey {
    std::string pem;
    std::string x;
    std::string y;
};

MadeKey make_key() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    MadeKey made;
    unsigned char point[65] = {};
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &size);
    const std::string_view bytes(reinterpret_cast<const char*>(point), size);
    made.x = base64url(bytes.substr(1, 32));
    made.y = base64url(bytes.substr(33));
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), &BIO_free_all);
    PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* pem = nullptr;
    const auto pem_size = BIO_get_mem_data(out.get(), &pem);
    made.pem.assign(pem, static_cast<std::size_t>(pem_size));
    return made;
}

}  // namespace

LeaseWriter::LeaseWriter(std::string key_id)
    : key_id_(std::move(key_id)), key_([this] {
          auto made = make_key();
          x_ = std::move(made.x);
          y_ = std::move(made.y);
          return std::move(SigningKey::from_pem(made.pem).value());
      }()) {}

std::string LeaseWriter::jwk() const {
    return R"({"kid":")" + key_id_ + R"(","kty":"EC","use":"sig","alg":"ES256","crv":"P-256","x":")" + x_ +
           R"(","y":")" + y_ + R"("})";
}

std::string LeaseWriter::thumbprint() const {
    const auto digest = sha256(R"({"crv":"P-256","kty":"EC","x":")" + x_ + R"(","y":")" + y_ + R"("})");
    return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string LeaseWriter::signed_lease(const std::string& claims, std::string header) const {
    if (header.empty()) header = R"({"alg":"ES256","kid":")" + key_id_ + R"(","typ":"tillkeeper-lease+jwt"})";
    const auto text = base64url(header) + '.' + base64url(claims);
    return text + '.' + base64url(key_.sign(text).value());
}

}  // namespace tillkeeper::agent::loyalty_test
