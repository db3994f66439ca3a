// Keys that never leave their token sign as keys in files do.
#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <utility>

#include "platform/certificates.h"
#include "platform/crypto.h"
#include "sync/dpop_proof.h"
#include "tests/e2e/key_pair.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/soft_token.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::sync {
namespace {

using ::testing::HasSubstr;

// One token for all: a process reads its tokens once.
class TokenKey : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        scratch_ = new lab::Scratch(lab::Scratch::make("tillkeeper-token").value());
        token_ = new lab::SoftToken(lab::SoftToken::make(scratch_->path()).value());
        for (const auto& [name, value] : token_->environment()) ASSERT_EQ(setenv(name.c_str(), value.c_str(), 1), 0);
        for (const auto& [file, kind] : {std::pair("ec.key", lab::kP256), std::pair("rsa.key", lab::kRsa)}) {
            const auto path = scratch_->path() / file;
            const auto made = lab::make_key_pair(path, path.string() + ".pub", kind);
            ASSERT_TRUE(made) << made.error().message;
            in_file_.emplace(file, SigningKey::read(lab::read_file(path)).value());
            const auto certified = lab::make_certificate(path, path.string() + ".pem", "a box");
            ASSERT_TRUE(certified) << certified.error().message;
            const auto taken = token_->take(path);
            ASSERT_TRUE(taken) << taken.error().message;
        }
    }
    static void TearDownTestSuite() {
        delete token_;
        delete scratch_;
    }
    static inline lab::Scratch* scratch_ = nullptr;
    static inline lab::SoftToken* token_ = nullptr;
    static inline std::map<std::string, SigningKey> in_file_;
};

TEST_F(TokenKey, OnACurveTellsItsPublicHalfAndSigns) {
    const auto key = SigningKey::read(token_->uri_of("ec.key"));
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->algorithm(), "ES256");
    EXPECT_EQ(key->public_jwk().value(), in_file_.at("ec.key").public_jwk().value());
    const auto jwk = key->public_jwk().value();
    const auto coordinate = [&](const std::string& name) {
        const auto at = jwk.find("\"" + name + "\":\"") + 5;
        return base64url_decode(jwk.substr(at, jwk.find('"', at) - at)).value();
    };
    const auto half = VerifyingKey::from_point(coordinate("x"), coordinate("y")).value();
    const auto signature = key->sign("a request");
    ASSERT_TRUE(signature) << signature.error().message;
    EXPECT_TRUE(half.holds("a request", *signature));
    EXPECT_FALSE(half.holds("another", *signature));
}

TEST_F(TokenKey, OfRsaSignsAsItsFileDoes) {
    const auto key = SigningKey::read(token_->uri_of("rsa.key"));
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->algorithm(), "RS256");
    EXPECT_EQ(key->sign("a request").value(), in_file_.at("rsa.key").sign("a request").value());
}

TEST_F(TokenKey, IsHeldAgainstItsCertificate) {
    const auto said = [](const std::string& name) {
        const auto checked = check_key_of(lab::read_file(scratch_->path() / "ec.key.pem"), token_->uri_of(name));
        return checked ? "" : checked.error().message;
    };
    EXPECT_EQ(said("ec.key"), "");
    EXPECT_EQ(said("rsa.key"), "the private key is not that of the certificate");
    EXPECT_THAT(said("none.key"), HasSubstr("no such key"));
}

TEST_F(TokenKey, MakesProofs) {
    const auto key = dpop_key(token_->uri_of("ec.key"));
    ASSERT_TRUE(key) << key.error().message;
    fakes::SeededRandom random{1};
    const auto proof = dpop_proof({.method = "POST", .url = "https://erp.example/a"}, *key, WallTime{}, random);
    EXPECT_TRUE(proof) << proof.error().message;
}

TEST_F(TokenKey, ThatIsNotThereIsAFault) {
    const std::string good = token_->uri_of("ec.key");
    const std::string pin = good.substr(good.find('?'));
    for (const std::string& uri : {token_->uri_of("nobody"), "pkcs11:token=elsewhere;object=ec.key" + pin}) {
        const auto key = SigningKey::read(uri);
        ASSERT_FALSE(key) << uri;
        EXPECT_THAT(key.error().message, HasSubstr("no such key"));
    }
}

}  // namespace
}  // namespace tillkeeper::sync
