#include "platform/crypto.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace tillkeeper {
namespace {

std::string from_hex(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return out;
}

std::string hex_of(std::string_view bytes) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

// The examples of FIPS 180-4.
TEST(Sha256, AgreesWithThePublishedVectors) {
    EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameInPiecesAndStartsAnewAfterFinish) {
    Sha256 digest;
    digest.update("a");
    digest.update("");
    digest.update("bc");
    EXPECT_EQ(digest.finish(), sha256("abc"));
    EXPECT_EQ(digest.finish(), sha256(""));
}

// RFC 4648 section 10.
TEST(Base64, AgreesWithThePublishedVectors) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64url("f"), "Zg");
    EXPECT_EQ(base64(from_hex("fbefff")), "++//");
    EXPECT_EQ(base64url(from_hex("fbefff")), "--__");
}

TEST(ConstantTime, Compares) {
    EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
    EXPECT_FALSE(equal_in_constant_time("secret", "secret "));
}

// Test case 16 of the GCM specification (McGrew and Viega), with associated data.
const std::string kKey = from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
const std::string kNonce = from_hex("cafebabefacedbaddecaf888");
const std::string kBound = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
const std::string kPlain = from_hex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
    "ba637b39");
const std::string kSealed = from_hex(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
    "bcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b");

TEST(Seal, AgreesWithThePublishedVector) {
    EXPECT_EQ(hex_of(seal(kKey, kNonce, kBound, kPlain).value()), hex_of(kSealed));
    EXPECT_EQ(unseal(kKey, kNonce, kBound, kSealed).value(), kPlain);
    // Test case 13: nothing to seal, nothing bound.
    const std::string zero_key(32, '\0');
    const std::string zero_nonce(12, '\0');
    EXPECT_EQ(hex_of(seal(zero_key, zero_nonce, "", "").value()), "530f8afbc74536b9a963b4f1c4cb738b");
    EXPECT_EQ(unseal(zero_key, zero_nonce, "", from_hex("530f8afbc74536b9a963b4f1c4cb738b")).value(), "");
}

TEST(Seal, NoticesEveryChangedBit) {
    for (std::size_t bit = 0; bit < kSealed.size() * 8; ++bit) {
        std::string changed = kSealed;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        ASSERT_EQ(unseal(kKey, kNonce, kBound, changed).error().code, ErrorCode::kCorrupt) << bit;
    }
    EXPECT_EQ(unseal(kKey, kNonce, "other", kSealed).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(unseal(std::string(32, 'k'), kNonce, kBound, kSealed).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(unseal(kKey, kNonce, kBound, "short").error().code, ErrorCode::kCorrupt);
}

TEST(Seal, RefusesKeysAndNoncesOfTheWrongSize) {
    EXPECT_EQ(seal("short", kNonce, "", "x").error().code, ErrorCode::kInvalid);
    EXPECT_EQ(seal(kKey, "short", "", "x").error().code, ErrorCode::kInvalid);
    EXPECT_EQ(unseal("short", kNonce, "", kSealed).error().code, ErrorCode::kInvalid);
}

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Pkey make_ec(const char* curve) {
    return {EVP_EC_gen(curve), &EVP_PKEY_free};
}
Pkey make_rsa(unsigned bits) {
    return {EVP_RSA_gen(bits), &EVP_PKEY_free};
}

std::string pem_of(const Pkey& key, const char* password = nullptr) {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(bio, key.get(), password == nullptr ? nullptr : EVP_aes_256_cbc(), password,
                                  password == nullptr ? 0 : static_cast<int>(std::string_view(password).size()),
                                  nullptr, nullptr);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio, &bytes);
    std::string pem(bytes, static_cast<std::size_t>(size));
    BIO_free(bio);
    return pem;
}

bool verifies(const Pkey& key, std::string_view input, std::string_view der) {
    EVP_MD_CTX* digest = EVP_MD_CTX_new();
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const bool good = EVP_DigestVerifyInit(digest, nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                      EVP_DigestVerify(digest, bytes, der.size(), reinterpret_cast<const unsigned char*>(input.data()),
                                       input.size()) == 1;
    EVP_MD_CTX_free(digest);
    return good;
}

std::string der_of(std::string_view raw) {
    ECDSA_SIG* signature = ECDSA_SIG_new();
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
    ECDSA_SIG_set0(signature, BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
    unsigned char* out = nullptr;
    const int size = i2d_ECDSA_SIG(signature, &out);
    std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
    OPENSSL_free(out);
    ECDSA_SIG_free(signature);
    return der;
}

TEST(SigningKey, MakesEs256SignaturesOfSixtyFourBytes) {
    const Pkey pkey = make_ec("P-256");
    const auto key = SigningKey::from_pem(pem_of(pkey));
    ASSERT_TRUE(key.has_value()) << key.error().message;
    EXPECT_EQ(key->algorithm(), "ES256");
    for (int i = 0; i < 200; ++i) {  // a short R or S must be padded: one in 128 is
        const std::string input = "header.payload" + std::to_string(i);
        const std::string signature = key->sign(input).value();
        ASSERT_EQ(signature.size(), 64U);
        ASSERT_TRUE(verifies(pkey, input, der_of(signature)));
        ASSERT_FALSE(verifies(pkey, input + "x", der_of(signature)));
    }
}

TEST(SigningKey, MakesRs256Signatures) {
    const Pkey pkey = make_rsa(2048);
    const auto key = SigningKey::from_pem(pem_of(pkey));
    ASSERT_TRUE(key.has_value()) << key.error().message;
    EXPECT_EQ(key->algorithm(), "RS256");
    const std::string signature = key->sign("header.payload").value();
    EXPECT_EQ(signature.size(), 256U);
    EXPECT_TRUE(verifies(pkey, "header.payload", signature));
    EXPECT_FALSE(verifies(pkey, "header.Payload", signature));
    EXPECT_EQ(key->sign("header.payload").value(), signature) << "PKCS #1 v1.5 has no salt, unlike PSS";
}

TEST(SigningKey, RefusesWhatItCannotUse) {
    EXPECT_EQ(SigningKey::from_pem("").error().code, ErrorCode::kInvalid);
    EXPECT_EQ(SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").error().code,
              ErrorCode::kInvalid);
    EXPECT_EQ(SigningKey::from_pem(pem_of(make_ec("P-384"))).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(SigningKey::from_pem(pem_of(make_rsa(1024))).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(SigningKey::from_pem(pem_of(make_rsa(2040))).error().message,
              "an RSA key of 2040 bits; RS256 takes 2048 or more");
    EXPECT_EQ(SigningKey::from_pem(pem_of(make_ec("P-256"), "a password")).error().code, ErrorCode::kInvalid);
}

// The key of RFC 7517, appendix A.2; its thumbprint by RFC 7638.
TEST(SigningKey, TellsItsPublicHalfAsAJsonWebKey) {
    const auto key = SigningKey::from_pem(
        "-----BEGIN EC PRIVATE KEY-----\n"
        "MHcCAQEEIPO9DAeoH7kyeB7VJ1L2DMiaa+XlGTT+AZON21XY93gBoAoGCCqGSM49\n"
        "AwEHoUQDQgAEMKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D7gS2XpJFbZ\n"
        "iItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==\n"
        "-----END EC PRIVATE KEY-----\n");
    ASSERT_TRUE(key.has_value()) << key.error().message;
    const std::string jwk = key->public_jwk().value();
    EXPECT_EQ(jwk, R"({"crv":"P-256","kty":"EC","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
                   R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})");
    const Digest digest = sha256(jwk);
    EXPECT_EQ(base64url({reinterpret_cast<const char*>(digest.data()), digest.size()}),
              "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    EXPECT_EQ(SigningKey::from_pem(pem_of(make_rsa(2048)))->public_jwk().error().code, ErrorCode::kInvalid);
}

TEST(SigningKey, TellsCoordinatesOfThirtyTwoBytesEvenWhereTheyBeginWithZero) {
    bool short_one = false;
    while (!short_one) {  // one in 128
        const Pkey pkey = make_ec("P-256");
        unsigned char* point = nullptr;
        ASSERT_EQ(EVP_PKEY_get1_encoded_public_key(pkey.get(), &point), 65U);
        const std::string bytes(reinterpret_cast<char*>(point) + 1, 64);
        OPENSSL_free(point);
        const std::string x = base64url(bytes.substr(0, 32));
        const std::string y = base64url(bytes.substr(32));
        ASSERT_EQ(SigningKey::from_pem(pem_of(pkey))->public_jwk().value(),
                  R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})");
        short_one = bytes[0] == 0 || bytes[32] == 0;
    }
}

// RFC 4231, test cases 1, 2 and 6.
TEST(Hmac, AgreesWithThePublishedVectors) {
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Base64, UrlTextsAreReadBackAndNothingElseIs) {
    for (const std::string_view bytes : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"})
        EXPECT_EQ(base64url_decode(base64url(bytes)), bytes);
    for (const std::string_view text : {"A", "Zg==", "Z h", "Zh", "+/==", "Zm9v\n"})
        EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
}

// RFC 7515, appendix A.3.
TEST(VerifyingKey, AgreesWithThePublishedExample) {
    const std::string input =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0c"
        "nVlfQ";
    const auto key = VerifyingKey::from_point(*base64url_decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                              *base64url_decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
    ASSERT_TRUE(key) << key.error().message;
    const auto signature =
        *base64url_decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    EXPECT_TRUE(key->holds(input, signature));
    EXPECT_FALSE(key->holds(input + "x", signature));
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        auto changed = signature;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        ASSERT_FALSE(key->holds(input, changed)) << bit;
    }
    EXPECT_FALSE(key->holds(input, signature.substr(1)));
    EXPECT_FALSE(key->holds(input, std::string(64, '\0')));
}

TEST(VerifyingKey, RefusesWhatIsNoPointOfTheCurve) {
    EXPECT_FALSE(VerifyingKey::from_point(std::string(32, '\1'), std::string(32, '\1')));
    EXPECT_FALSE(VerifyingKey::from_point(std::string(32, '\0'), std::string(32, '\0')));
    EXPECT_FALSE(VerifyingKey::from_point("", ""));
    EXPECT_FALSE(VerifyingKey::from_point(std::string(33, '\1'), std::string(31, '\1')));
}

}  // namespace
}  // namespace tillkeeper
