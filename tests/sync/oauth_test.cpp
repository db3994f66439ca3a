// How a client proves who it is, and what is said when that does not work.
#include <cjson/cJSON.h>
#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <map>
#include <memory>

#include "sync/oauth_client.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kTokenUrl = "https://login.example/token";

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Json = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

std::string pem_of(EVP_PKEY* key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string from_base64url(std::string text) {
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    const std::size_t padding = (4 - text.size() % 4) % 4;
    text.append(padding, '=');
    std::string out(text.size(), '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

// R || S as JWS has it, checked with the public half of `key`.
bool verifies(EVP_PKEY* key, const std::string& input, const std::string& raw) {
    if (raw.size() != 64) return false;
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), &ECDSA_SIG_free);
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key);
    const int fine = EVP_DigestVerify(digest.get(), der, static_cast<std::size_t>(size),
                                      reinterpret_cast<const unsigned char*>(input.data()), input.size());
    OPENSSL_free(der);
    return fine == 1;
}

// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3), and no other padding.
bool verifies_rs256(EVP_PKEY* key, const std::string& input, const std::string& signature) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_PKEY_CTX* padding = nullptr;
    EVP_DigestVerifyInit(digest.get(), &padding, EVP_sha256(), nullptr, key);
    EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PADDING);
    return EVP_DigestVerify(digest.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                            reinterpret_cast<const unsigned char*>(input.data()), input.size()) == 1;
}

std::map<std::string, std::string> form(const std::string& body) {
    std::map<std::string, std::string> fields;
    for (std::size_t at = 0; at < body.size();) {
        const auto end = std::min(body.find('&', at), body.size());
        const auto equals = body.find('=', at);
        fields[body.substr(at, equals - at)] = body.substr(equals + 1, end - equals - 1);
        at = end + 1;
    }
    return fields;
}

std::string text(const Json& json, const char* name) {
    const cJSON* member = cJSON_GetObjectItemCaseSensitive(json.get(), name);
    return cJSON_IsString(member) != 0 ? member->valuestring : "";
}

double number(const Json& json, const char* name) {
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json.get(), name));
}

class Login : public DestinationWorld {
  protected:
    Login() {
        const auto cloud = http.respond;
        http.respond = [this, cloud](const HttpRequest& request) -> std::optional<HttpResponse> {
            if (request.url != kTokenUrl) return cloud(request);
            asked.push_back(request);
            return token_answer;
        };
    }
    DestinationConfig with_login(ClientAuth auth) const {
        auto made = config();
        made.oauth = {.auth = auth,
                      .token_url = kTokenUrl,
                      .client_id = "store 42",
                      .client_secret = "a:b&c",
                      .private_key_pem = {},
                      .key_id = "k1",
                      .scope = "write all",
                      .audience = {}};
        return made;
    }
    std::vector<HttpRequest> asked;
    HttpResponse token_answer = fakes::http_answer(200, R"({"access_token":"t1","expires_in":100})");
};

TEST_F(Login, private_key_jwt_is_signed_fresh_and_about_this_client) {
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    auto made = with_login(ClientAuth::kPrivateKeyJwt);
    made.oauth.private_key_pem = pem_of(key.get());
    sell("a");
    open(made);
    run(90 * kSecond);
    ASSERT_THAT(asked, SizeIs(2)) << "renewed once before its end";
    EXPECT_EQ(received["erp"].front().authorization, "Bearer t1");
    std::set<std::string> unique;
    for (const auto& request : asked) {
        auto fields = form(request.body);
        EXPECT_EQ(fields["grant_type"], "client_credentials");
        EXPECT_EQ(fields["client_assertion_type"], "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer");
        EXPECT_EQ(fields["scope"], "write+all");
        const std::string& jwt = fields["client_assertion"];
        const auto first = jwt.find('.'), last = jwt.rfind('.');
        ASSERT_NE(first, last);
        EXPECT_TRUE(verifies(key.get(), jwt.substr(0, last), from_base64url(jwt.substr(last + 1))));
        EXPECT_FALSE(verifies(key.get(), jwt.substr(0, last) + "x", from_base64url(jwt.substr(last + 1))));
        const Json header(cJSON_Parse(from_base64url(jwt.substr(0, first)).c_str()), &cJSON_Delete);
        EXPECT_EQ(text(header, "alg"), "ES256");
        EXPECT_EQ(text(header, "kid"), "k1");
        const Json claims(cJSON_Parse(from_base64url(jwt.substr(first + 1, last - first - 1)).c_str()), &cJSON_Delete);
        EXPECT_EQ(text(claims, "iss"), "store 42");
        EXPECT_EQ(text(claims, "sub"), "store 42");
        EXPECT_EQ(text(claims, "aud"), kTokenUrl);
        EXPECT_EQ(number(claims, "exp") - number(claims, "iat"), 300);
        const auto now = std::chrono::duration<double>(clock.wall().time_since_epoch()).count();
        EXPECT_NEAR(number(claims, "iat"), now, 91);
        unique.insert(text(claims, "jti"));
    }
    EXPECT_THAT(unique, SizeIs(2)) << "no assertion is used twice";
    EXPECT_FALSE(unique.contains(""));
}

TEST_F(Login, client_secret_basic_encodes_id_and_secret_before_it_joins_them) {
    sell("a");
    open(with_login(ClientAuth::kClientSecretBasic));
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(1));
    const HttpHeaders& headers = asked[0].headers;
    const auto wanted = std::pair<std::string, std::string>("authorization", "Basic " + base64("store+42:a%3Ab%26c"));
    EXPECT_THAT(headers, ::testing::Contains(wanted));
    EXPECT_EQ(asked[0].body, "grant_type=client_credentials&scope=write+all");
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(Login, private_key_jwt_takes_rsa_keys) {
    const Key key(EVP_RSA_gen(2048), &EVP_PKEY_free);
    auto made = with_login(ClientAuth::kPrivateKeyJwt);
    made.oauth.private_key_pem = pem_of(key.get());
    open(made);
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(1));
    const std::string jwt = form(asked[0].body)["client_assertion"];
    const auto first = jwt.find('.'), last = jwt.rfind('.');
    ASSERT_NE(first, last);
    const Json header(cJSON_Parse(from_base64url(jwt.substr(0, first)).c_str()), &cJSON_Delete);
    EXPECT_EQ(text(header, "alg"), "RS256");
    EXPECT_TRUE(verifies_rs256(key.get(), jwt.substr(0, last), from_base64url(jwt.substr(last + 1))));
    EXPECT_FALSE(verifies_rs256(key.get(), jwt.substr(0, last) + "x", from_base64url(jwt.substr(last + 1))));
}

TEST_F(Login, client_secret_post_puts_id_and_secret_into_the_body_and_nowhere_else) {
    sell("a");
    open(with_login(ClientAuth::kClientSecretPost));
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(1));
    EXPECT_EQ(asked[0].body,
              "grant_type=client_credentials&scope=write+all&client_id=store+42&client_secret=a%3Ab%26c");
    for (const auto& [name, value] : asked[0].headers) EXPECT_NE(name, "authorization");
    EXPECT_EQ(asked[0].url, kTokenUrl) << "RFC 6749 section 2.3.1: never in the address";
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(Login, a_token_is_asked_for_where_it_is_to_be_used) {
    auto made = with_login(ClientAuth::kClientSecretBasic);
    made.oauth.token_audience = "https://api.example/?a=b";
    made.oauth.resources = {"https://erp.example/api", "urn:example:stock"};
    made.oauth.audience = "of an assertion, and there is none";
    open(made);
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(1));
    EXPECT_EQ(asked[0].body,
              "grant_type=client_credentials&scope=write+all&audience=https%3A%2F%2Fapi.example%2F%3Fa%3Db"
              "&resource=https%3A%2F%2Ferp.example%2Fapi&resource=urn%3Aexample%3Astock");
}

// [sync-14]
TEST_F(Login, a_certificate_proves_the_client_and_goes_with_the_token_that_was_got_with_it) {
    auto made = with_login(ClientAuth::kMutualTls);
    TlsIdentity in_file{"certificate 1", "key 1"};
    made.oauth.identity = [&]() -> Result<TlsIdentity> { return in_file; };
    sell("a");
    open(made);
    run(kSecond);
    ASSERT_THAT(asked, SizeIs(1));
    EXPECT_EQ(asked[0].body, "grant_type=client_credentials&scope=write+all&client_id=store+42");
    for (const auto& [name, value] : asked[0].headers) EXPECT_NE(name, "authorization");
    EXPECT_EQ(asked[0].identity.certificate_pem, "certificate 1");
    EXPECT_EQ(asked[0].identity.key, "key 1");
    EXPECT_EQ(http.requests.back().identity.certificate_pem, "certificate 1") << "the token may be bound to it";

    in_file = {"certificate 2", "key 2"};
    sell("b");
    wake_all();
    run(kSecond);
    EXPECT_EQ(http.requests.back().identity.certificate_pem, "certificate 1") << "the token is still the first one's";
    run(90 * kSecond);
    ASSERT_THAT(asked, SizeIs(2)) << "renewed, without a restart";
    EXPECT_EQ(asked[1].identity.certificate_pem, "certificate 2");
    sell("c");
    wake_all();
    run(kSecond);
    EXPECT_EQ(http.requests.back().identity.certificate_pem, "certificate 2");
    EXPECT_EQ(http.requests.back().identity.key, "key 2");
    EXPECT_THAT(delivered("erp"), SizeIs(3));
}

TEST_F(Login, a_certificate_that_cannot_be_used_is_told_and_read_again) {
    auto made = with_login(ClientAuth::kMutualTls);
    Result<TlsIdentity> in_file = fail(ErrorCode::kInvalid, "the private key is not that of the certificate");
    made.oauth.identity = [&] { return in_file; };
    sell("a");
    auto& erp = open(made);
    run(10 * kSecond);
    EXPECT_EQ(erp.status().cause, "login");
    EXPECT_THAT(asked, IsEmpty());
    in_file = TlsIdentity{"certificate", "key"};
    run(120 * kSecond);
    EXPECT_EQ(erp.status().cause, "");
    EXPECT_THAT(delivered("erp"), SizeIs(1));
}

TEST_F(Login, the_cause_is_login_only_where_the_token_endpoint_said_no) {
    const std::vector<std::pair<HttpResponse, std::string>> grid = {
        {fakes::http_failure(TransportFailure::kNoRoute), "no_route"},
        {fakes::http_failure(TransportFailure::kNoDns), "no_dns"},
        {fakes::http_failure(TransportFailure::kTls), "tls"},
        {fakes::http_failure(TransportFailure::kRefused), "service"},
        {fakes::http_failure(TransportFailure::kTimeout), "service"},
        {fakes::http_failure(TransportFailure::kBroken), "service"},
        {fakes::http_answer(500), "service"},
        {fakes::http_answer(503), "service"},
        {fakes::http_answer(429), "service"},
        {fakes::http_answer(302), "service"},
        {fakes::http_answer(511), "captive_portal"},
        {fakes::http_answer(200, "<html>please log in</html>"), "service"},
        {fakes::http_answer(400, R"({"error":"invalid_client"})"), "login"},
        {fakes::http_answer(401), "login"},
        {fakes::http_answer(403), "login"},
    };
    sell("a");
    for (const auto& [answer, cause] : grid) {
        SCOPED_TRACE(cause + " " + std::to_string(answer.status));
        token_answer = answer;
        destinations.clear();
        auto& erp = open(with_login(ClientAuth::kClientSecretBasic));
        run(10 * kSecond);
        EXPECT_EQ(erp.status().cause, cause);
        EXPECT_EQ(erp.status().state, DestinationStatus::State::kWaiting);
    }
    EXPECT_THAT(delivered("erp"), IsEmpty());
}

}  // namespace
}  // namespace tillkeeper::sync
