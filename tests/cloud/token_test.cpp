#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "tests/cloud/cloud_rig.h"
#include "tests/cloud/openssl_owned.h"
#include "tests/e2e/wait.h"
#include "tests/platform/client_authority.h"

namespace tillkeeper::cloud {
namespace {

using namespace std::chrono_literals;

std::string base64url(std::string_view bytes) {
    std::string out = base64_encode(bytes);
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    out.erase(out.find_last_not_of('=') + 1);
    return out;
}

std::string raw_ecdsa(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string raw(64, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + 32, 32);
    return raw;
}

struct Claims {
    std::string id = "till-key";
    std::string audience;
    std::string unique = "jti-1";
    std::int64_t life_seconds = 60;
};

std::string sign(const Claims& claims, EVP_PKEY* key, std::string algorithm = {}) {
    const bool elliptic = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    if (algorithm.empty()) algorithm = elliptic ? "ES256" : "RS256";
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const std::string input =
        base64url(R"({"typ":"JWT","alg":")" + algorithm + "\"}") + "." +
        base64url("{\"iss\":\"" + claims.id + "\",\"sub\":\"" + claims.id + "\",\"aud\":\"" + claims.audience +
                  "\",\"jti\":\"" + claims.unique + "\",\"iat\":" + std::to_string(now) +
                  ",\"exp\":" + std::to_string(now + claims.life_seconds) + "}");
    const DigestState state(EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());
    std::string signature(512, '\0');
    std::size_t size = signature.size();
    EVP_DigestSignInit(state.get(), nullptr, EVP_sha256(), nullptr, key);
    EVP_DigestSign(state.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, input.size());
    signature.resize(size);
    return input + "." + base64url(elliptic ? raw_ecdsa(signature) : signature);
}

// A cloud that knows the public half of a key.
struct Signing {
    explicit Signing(Key made) : key(std::move(made)) {
        const auto file = scratch.path() / "public.pem";
        const Bio bio(BIO_new_file(file.c_str(), "w"));
        PEM_write_bio_PUBKEY(bio.get(), key.get());
        BIO_flush(bio.get());
        cloud = std::make_unique<RunningCloud>(CloudOptions{.client_keys = {{"till-key", file.string()}}});
        client = std::make_unique<HttpsClient>(cloud->ca());
    }
    Reply ask(const std::string& jwt) {
        return client->post(cloud->url("/oauth/token"),
                            "grant_type=client_credentials&client_id=till-key&client_assertion_type="
                            "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
                                jwt,
                            {});
    }
    [[nodiscard]] Claims claims() const { return {.audience = cloud->url("/oauth/token")}; }

    lab::Scratch scratch = lab::Scratch::make("cloud-keys").value();
    Key key;
    std::unique_ptr<RunningCloud> cloud;
    std::unique_ptr<HttpsClient> client;
};

TEST(Tokens, AreGivenForAFormEncodedSecret) {
    const RunningCloud cloud;
    HttpsClient client(cloud.ca());
    const Reply reply = ask_token(client, cloud, basic_header());
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(member_of(reply.body, "token_type"), "Bearer");
    EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
    EXPECT_NE(reply.body.find("\"expires_in\":30"), std::string::npos);
}

TEST(Tokens, AreNotGivenForASecretThatIsNotFormEncoded) {
    const RunningCloud cloud;
    HttpsClient client(cloud.ca());
    const Reply reply = ask_token(client, cloud, "authorization: Basic " + base64_encode("till:s e+c:ret%"));
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(member_of(reply.body, "error"), "invalid_client");
    EXPECT_TRUE(reply.headers.at("www-authenticate").starts_with("Basic"));
}

TEST(Tokens, AreGivenForASecretInTheBody) {
    const RunningCloud cloud;
    HttpsClient client(cloud.ca());
    const auto ask = [&](const std::string& proof) {
        return client.post(cloud.url("/oauth/token"), "grant_type=client_credentials" + proof, {});
    };
    EXPECT_EQ(ask("&client_id=till&client_secret=s+e%2Bc%3Aret%25").status, 200);
    EXPECT_EQ(ask("&client_id=till&client_secret=wrong").status, 401);
    EXPECT_EQ(ask("&client_id=nobody&client_secret=s+e%2Bc%3Aret%25").status, 401);
    EXPECT_EQ(ask("&client_id=till&client_secret=").status, 401);
}

TEST(Tokens, AreRefusedWithTheErrorsOfRfc6749) {
    const RunningCloud cloud;
    HttpsClient client(cloud.ca());
    const auto ask = [&](const std::string& form, std::vector<std::string> headers) {
        const Reply reply = client.post(cloud.url("/oauth/token"), form, std::move(headers));
        return std::to_string(reply.status) + " " + member_of(reply.body, "error");
    };
    const std::string good = "grant_type=client_credentials";
    EXPECT_EQ(ask(good, {basic_header("till", "wrong")}), "401 invalid_client");
    EXPECT_EQ(ask(good, {basic_header("nobody")}), "401 invalid_client");
    EXPECT_EQ(ask(good, {"authorization: Basic ???"}), "401 invalid_client");
    EXPECT_EQ(ask(good, {}), "401 invalid_client");
    EXPECT_EQ(ask("scope=all", {basic_header()}), "400 invalid_request");
    EXPECT_EQ(ask("grant_type=password", {basic_header()}), "400 unsupported_grant_type");
    EXPECT_EQ(ask(good + "&client_assertion=x", {basic_header()}), "400 invalid_request");
    EXPECT_EQ(ask(good + "&client_id=till&client_secret=x", {basic_header()}), "400 invalid_request");
    EXPECT_EQ(ask(good, {basic_header(), "content-type: application/json"}), "400 invalid_request");
}

TEST(Tokens, Expire) {
    const RunningCloud cloud({.token_ttl = 1500ms});
    Sender sender(cloud);
    EXPECT_EQ(sender.send("[]").status, 200);
    Reply reply;
    EXPECT_TRUE(lab::wait_until([&] { return (reply = sender.send("[]")).status == 401; }, 20s));
    EXPECT_TRUE(reply.headers.at("www-authenticate").starts_with("Bearer"));
    sender.authorization = bearer_header(sender.client, cloud);
    EXPECT_EQ(sender.send("[]").status, 200);
}

TEST(Tokens, AreRevoked) {
    const RunningCloud cloud;
    Sender sender(cloud);
    ASSERT_TRUE(cloud.control().revoke_tokens());
    EXPECT_EQ(sender.send("[]").status, 401);
    sender.authorization = "x-none: 1";
    EXPECT_EQ(sender.send("[]").status, 401);
}

TEST(Certificates, ProveAClientAndBindItsTokens) {
    const ClientAuthority authority;
    const RunningCloud cloud({.client_ca = authority.file()});
    HttpsClient client(cloud.ca());
    const auto ask = [&](const std::string& id) {
        return client.post(cloud.url("/oauth/token"), "grant_type=client_credentials&client_id=" + id, {});
    };
    const auto send = [&](const std::string& token) {
        return client
            .post(cloud.url("/bench/v1/events"), "[]",
                  {"authorization: Bearer " + token, "content-type: " + std::string(kBatch)})
            .status;
    };
    EXPECT_NE(ask("store-0042").code, CURLE_OK) << "no certificate, no connection";
    client.identity = authority.client("store-0042");
    EXPECT_EQ(ask("store-0043").status, 401);
    const std::string token = member_of(ask("store-0042").body, "access_token");
    EXPECT_EQ(send(token), 200);
    client.identity = authority.client("store-0042");
    EXPECT_EQ(send(token), 401) << "of the same name, and another";
    client.identity = ClientAuthority().client("store-0042");
    EXPECT_NE(ask("store-0042").code, CURLE_OK) << "of another CA";
}

TEST(Assertions, OfEllipticKeysAreJudged) {
    Signing signing(Key(EVP_EC_gen("P-256")));
    const std::string jwt = sign(signing.claims(), signing.key.get());
    EXPECT_EQ(signing.ask(jwt).status, 200);
    EXPECT_NE(signing.ask(jwt).body.find("jti was used before"), std::string::npos);
    Claims claims = signing.claims();
    claims.unique = "jti-2";
    const Key other(EVP_EC_gen("P-256"));
    EXPECT_NE(signing.ask(sign(claims, other.get())).body.find("wrong signature"), std::string::npos);
    claims.audience = "https://elsewhere/oauth/token";
    EXPECT_NE(signing.ask(sign(claims, signing.key.get())).body.find("aud is not us"), std::string::npos);
    claims = signing.claims();
    claims.life_seconds = -5;
    EXPECT_NE(signing.ask(sign(claims, signing.key.get())).body.find("expired"), std::string::npos);
    claims = signing.claims();
    claims.unique = "";
    EXPECT_NE(signing.ask(sign(claims, signing.key.get())).body.find("jti is missing"), std::string::npos);
    EXPECT_EQ(signing.ask("a.b.c").status, 401);
    EXPECT_EQ(signing.ask("").status, 401);
}

TEST(Assertions, OfRsaKeysAreJudged) {
    Signing signing(Key(EVP_RSA_gen(2048)));
    EXPECT_EQ(signing.ask(sign(signing.claims(), signing.key.get())).status, 200);
    Claims claims = signing.claims();
    claims.unique = "jti-2";
    EXPECT_EQ(signing.ask(sign(claims, signing.key.get(), "none")).status, 401);
    EXPECT_EQ(signing.ask(sign(claims, signing.key.get())).status, 200);
}

}  // namespace
}  // namespace tillkeeper::cloud
