// The table "oauth" of a destination: each way to sign in, what it needs, and what is told when it does not fit.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "agent/bus_access/certificate_ends.h"
#include "agent/config/clients.h"
#include "agent/config/config.h"
#include "platform/certificates.h"
#include "tests/agent/config/config_folder.h"

namespace tillkeeper::agent {
namespace {

using sync::ClientAuth;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const WallTime kUntil = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);

class OAuthTable : public ConfigFolder {
  protected:
    OAuthTable() {
        write("erp.secret", "s3cret\n");
        renew();
    }

    // Another certificate with another key, in their files.
    void renew() {
        const auto made = make_authority("store-0042", kUntil).value();
        write("client.pem", made.certificate_pem, 0644);
        write("client.key", made.key_pem);
    }
    [[nodiscard]] std::string file(const std::string& lines) const {
        write("t.toml", R"([store]
id = "0042"
data = "data"
[[destination]]
name = "erp"
url = "https://erp.example/a"
[destination.oauth]
token_url = "https://erp.example/token"
client_id = "store-0042"
)" + lines);
        return (folder_ / "t.toml").string();
    }
    [[nodiscard]] sync::OAuthClient client(const std::string& lines) const {
        const auto config = check_config(file(lines));
        EXPECT_TRUE(config) << config.error().front();
        return config ? config->destinations.at(0).oauth : sync::OAuthClient{};
    }
    [[nodiscard]] ConfigFaults faults(const std::string& lines, bool tries = false) const {
        const auto config = tries ? check_config(file(lines)) : load_config(file(lines));
        return config ? ConfigFaults{} : config.error();
    }
};

const std::string kSecret = "client_secret_file = \"erp.secret\"\n";
const std::string kCertificate = R"(auth = "tls_client_auth"
certificate_file = "client.pem"
private_key_file = "client.key"
)";

TEST_F(OAuthTable, TakesASecretInTheHeaderOrInTheBody) {
    EXPECT_EQ(client(kSecret).auth, ClientAuth::kClientSecretBasic);
    const auto post = client("auth = \"client_secret_post\"\n" + kSecret);
    EXPECT_EQ(post.auth, ClientAuth::kClientSecretPost);
    EXPECT_EQ(post.client_secret, "s3cret");
    EXPECT_THAT(faults("auth = \"client_secret_post\"\n"), ElementsAre(HasSubstr("client_secret_file: missing")));
    EXPECT_THAT(faults("auth = \"secret\"\n" + kSecret),
                testing::Contains(AllOf(HasSubstr("destination.oauth.auth: must be"), HasSubstr("tls_client_auth"))));
}

TEST_F(OAuthTable, NamesWhereTheTokenIsToBeUsed) {
    const auto asks = client(kSecret + R"(audience = "https://erp.example/assertions"
token_audience = "https://api.example"
resource = ["https://erp.example/api?v=1", "urn:example:stock"]
)");
    EXPECT_EQ(asks.audience, "https://erp.example/assertions");
    EXPECT_EQ(asks.token_audience, "https://api.example");
    EXPECT_THAT(asks.resources, ElementsAre("https://erp.example/api?v=1", "urn:example:stock"));
    EXPECT_THAT(client(kSecret).resources, IsEmpty());
}

TEST_F(OAuthTable, RefusesResourcesThatAreNoAbsoluteAddresses) {
    for (const std::string bad :
         {"/api", "erp.example", "https://erp.example/#part", "https:", ":x", "1x:y", "https://erp example", ""})
        EXPECT_THAT(faults(kSecret + "resource = [\"" + bad + "\"]\n"),
                    ElementsAre(HasSubstr("destination.oauth.resource: must be absolute addresses")))
            << bad;
    EXPECT_THAT(faults(kSecret + "resource = [\"https://" + std::string(2048, 'x') + "\"]\n"),
                ElementsAre(HasSubstr("must be absolute")));
    std::string many = "resource = [";
    for (int i = 0; i < 17; ++i) many += "\"urn:x\",";
    EXPECT_THAT(faults(kSecret + many + "]\n"), ElementsAre(HasSubstr("resource: at most 16")));
}

TEST_F(OAuthTable, TakesAnIssuerInPlaceOfATokenUrl) {
    const auto with = [this](const std::string& endpoint) {
        std::string toml = kSecret;
        const std::string path = file(toml);
        std::ifstream read(path);
        toml.assign(std::istreambuf_iterator<char>(read), {});
        const std::string written = "token_url = \"https://erp.example/token\"";
        toml.replace(toml.find(written), written.size(), endpoint);
        write("t.toml", toml);
        return load_config(path);
    };
    const auto good = with("issuer = \"https://login.example/realm\"");
    ASSERT_TRUE(good) << good.error().front();
    EXPECT_EQ(good->destinations.at(0).oauth.issuer, "https://login.example/realm");
    EXPECT_EQ(good->destinations.at(0).oauth.token_url, "");
    for (const std::string bad : {"http://login.example", "https://login.example/?realm=1", "https://login.example/#a",
                                  "https:///realm", "https://"})
        EXPECT_THAT(with("issuer = \"" + bad + "\"").error(), ElementsAre(HasSubstr("oauth.issuer: must begin")))
            << bad;
    EXPECT_THAT(with("issuer = \"https://a\"\ntoken_url = \"https://a/t\"").error(),
                ElementsAre(HasSubstr("oauth.token_url: given beside issuer")));
    EXPECT_THAT(with("").error(), ElementsAre(HasSubstr("oauth.token_url: missing")));
}

TEST_F(OAuthTable, ReadsCertificateAndKeyAgainEachTime) {
    for (const std::string auth : {"tls_client_auth", "self_signed_tls_client_auth"}) {
        std::string lines = kCertificate;
        lines.replace(lines.find("tls_client_auth"), 15, auth);
        const auto by_certificate = client(lines);
        EXPECT_EQ(by_certificate.auth, ClientAuth::kMutualTls);
        const auto first = by_certificate.identity();
        ASSERT_TRUE(first) << first.error().message;
        EXPECT_THAT(first->certificate_pem, HasSubstr("BEGIN CERTIFICATE"));
        EXPECT_THAT(first->key, HasSubstr("PRIVATE KEY"));
        renew();
        const auto second = by_certificate.identity();
        ASSERT_TRUE(second) << second.error().message;
        EXPECT_NE(second->certificate_pem, first->certificate_pem);
        EXPECT_NE(second->key, first->key);
    }
    EXPECT_THAT(faults("auth = \"tls_client_auth\"\n", true),
                UnorderedElementsAre(HasSubstr("oauth.certificate_file: missing"),
                                     HasSubstr("oauth.private_key_file: missing")));
}

TEST_F(OAuthTable, ItIsKnownUntilWhenACertificateIsGood) {
    const auto config = load_config(file(kCertificate));
    ASSERT_TRUE(config) << config.error().front();
    EXPECT_THAT(certificate_ends(*config), ElementsAre(testing::Pair("destination_erp", kUntil)));
    std::filesystem::remove(folder_ / "client.key");
    EXPECT_THAT(certificate_ends(*config), IsEmpty());
    const auto without = load_config(file(kSecret));
    ASSERT_TRUE(without) << without.error().front();
    EXPECT_THAT(certificate_ends(*without), IsEmpty());
}

TEST_F(OAuthTable, APairThatCannotBeUsedIsAFaultOfTheCheckAndDoesNotKeepTheStoreClosed) {  // [agent-12]
    write("client.key", make_authority("another", kUntil)->key_pem);
    EXPECT_THAT(faults(kCertificate), IsEmpty());
    EXPECT_THAT(faults(kCertificate, true),
                ElementsAre(AllOf(HasSubstr("destination.oauth"), HasSubstr("client.pem"),
                                  HasSubstr("the private key is not that of the certificate"))));
    chmod((folder_ / "client.key").c_str(), 0644);
    EXPECT_THAT(faults(kCertificate, true), ElementsAre(HasSubstr("a secret that everybody may read")));
    write("client.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n", 0644);
    chmod((folder_ / "client.key").c_str(), 0600);
    EXPECT_THAT(faults(kCertificate, true), ElementsAre(HasSubstr("no certificate in PEM form")));
    std::filesystem::remove(folder_ / "client.pem");
    EXPECT_THAT(faults(kCertificate), IsEmpty());
    EXPECT_THAT(faults(kCertificate, true), ElementsAre(AllOf(HasSubstr("cannot read"), HasSubstr("client.pem"))));
}

TEST_F(OAuthTable, TakesAKeyForTokensBesideAnyWayToSignIn) {
    const std::string line = "dpop_key_file = \"client.key\"\n";  // on P-256
    EXPECT_THAT(client(kSecret + line).dpop_key_pem, HasSubstr("PRIVATE KEY"));
    EXPECT_THAT(client(kCertificate + line).dpop_key_pem, HasSubstr("PRIVATE KEY"));
    EXPECT_EQ(client(kSecret).dpop_key_pem, "");
    chmod((folder_ / "client.key").c_str(), 0644);
    EXPECT_THAT(faults(kSecret + line), ElementsAre(AllOf(HasSubstr("destination.oauth.dpop_key_file"),
                                                          HasSubstr("a secret that everybody may read"))));
    write("client.key", "no key\n");
    EXPECT_THAT(faults(kSecret + line, true),
                ElementsAre(AllOf(HasSubstr("destination.oauth"), HasSubstr("dpop_key_file: not an unencrypted"),
                                  HasSubstr("openssl genpkey -algorithm EC"))));
    std::filesystem::remove(folder_ / "client.key");
    EXPECT_THAT(faults(kSecret + line), ElementsAre(HasSubstr("cannot read")));
}

const std::string kEnrolled = "grant = \"refresh_token\"\n";

TEST_F(OAuthTable, LetsAPersonEnrollTheBox) {
    const auto by_itself = client(kSecret);
    EXPECT_EQ(by_itself.login, "");
    EXPECT_EQ(client(kSecret + kEnrolled).login, "erp") << "the destination's own name";
    EXPECT_EQ(client(kSecret + kEnrolled + "login = \"cloud\"\n").login, "cloud");
    const auto without_secret =
        client("auth = \"none\"\n" + kEnrolled + "device_authorization_url = \"https://erp.example/device\"\n");
    EXPECT_EQ(without_secret.auth, ClientAuth::kPublic);
    EXPECT_EQ(without_secret.device_authorization_url, "https://erp.example/device");
    EXPECT_THAT(faults("auth = \"none\"\n"), ElementsAre(HasSubstr("oauth.auth: \"none\" needs grant")));
    EXPECT_THAT(faults(kSecret + "grant = \"password\"\n"), ElementsAre(HasSubstr("oauth.grant: must be")));
    EXPECT_THAT(faults(kSecret + kEnrolled + "login = \"../x\"\n"), ElementsAre(HasSubstr("oauth.login: 1 to 32")));
    EXPECT_THAT(faults(kSecret + "login = \"x\"\n"), ElementsAre(HasSubstr("oauth.login: only with grant")));
    EXPECT_THAT(faults(kSecret + kEnrolled + "device_authorization_url = \"http://erp.example/device\"\n"),
                ElementsAre(HasSubstr("oauth.device_authorization_url")));
}

TEST_F(OAuthTable, ThoseWhoShareALoginAreOneClientAndAskForAllTheirScopesAtOnce) {
    const auto second = [](const std::string& lines) {
        return kSecret + kEnrolled + R"(scope = "sales.write offline_access"
login = "cloud"
resource = ["https://erp.example/a"]
[[collection]]
name = "members"
url = "https://crm.example/a"
record_key = "id"
[collection.oauth]
token_url = "https://erp.example/token"
grant = "refresh_token"
login = "cloud"
resource = ["https://erp.example/a", "https://crm.example/a"]
client_secret_file = "erp.secret"
)" + lines;
    };
    const auto config = load_config(file(second("client_id = \"store-0042\"\nscope = \"offline_access read\"\n")));
    ASSERT_TRUE(config) << config.error().front();
    const auto logins = logins_of(*config).value();
    ASSERT_EQ(logins.size(), 1U);
    EXPECT_EQ(logins[0].name, "cloud");
    EXPECT_EQ(logins[0].client.scope, "sales.write offline_access read");
    EXPECT_THAT(logins[0].client.resources, ElementsAre("https://erp.example/a", "https://crm.example/a"));
    EXPECT_THAT(logins[0].uses, ElementsAre("destination_erp", "collection_members"));
    EXPECT_THAT(faults(second("client_id = \"another\"\n")),
                ElementsAre(HasSubstr("login \"cloud\" is of two clients, in destination_erp and collection_members")));
}

TEST_F(OAuthTable, SecretsAndKeysAreReadAgainForEachRenewal) {
    const auto again = client(kSecret + "dpop_key_file = \"client.key\"\n");
    const auto first = again.reread();
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->client_secret, again.client_secret);
    EXPECT_EQ(first->dpop_key_pem, again.dpop_key_pem);
    write("erp.secret", "another\n");
    EXPECT_EQ(again.reread().value().client_secret, "another");
    write("erp.secret", "");
    EXPECT_THAT(again.reread().error().message, HasSubstr("is empty"));
    write("client.key", make_authority("key", kUntil).value().key_pem);
    const auto by_key = client("auth = \"private_key_jwt\"\nprivate_key_file = \"client.key\"\n");
    EXPECT_EQ(by_key.reread().value().private_key_pem, by_key.private_key_pem);
    renew();
    EXPECT_EQ(client(kCertificate).reread().value(), sync::ClientKeys{}) << "certificates have a way of their own";
}

TEST_F(OAuthTable, TakesSecretsFromSystemd) {
    ASSERT_EQ(setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1), 0);
    write("erp-secret", "from systemd\n", 0400);
    const std::string lines = "client_secret_file = \"credential:erp-secret\"\n";
    EXPECT_EQ(client(lines).client_secret, "from systemd");
    for (const std::string bad : {"../erp.secret", "a/b", "", ".", ".."})
        EXPECT_THAT(faults("client_secret_file = \"credential:" + bad + "\"\n"),
                    ElementsAre(HasSubstr("client_secret_file: the name of a credential")))
            << bad;
    unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_THAT(faults(lines), ElementsAre(HasSubstr("/run/credentials/tillkeeper.service/erp-secret")));
}

TEST_F(OAuthTable, TakesKeysThatStayInTheirTokenAndNoPin) {
    const std::string uri = "pkcs11:token=box;object=oauth?pin-source=/etc/tillkeeper/pin";
    const std::string by_token = "auth = \"private_key_jwt\"\nprivate_key_file = \"" + uri + "\"\n";
    const auto config = load_config(file(by_token));
    ASSERT_TRUE(config) << config.error().front();
    const auto& oauth = config->destinations.at(0).oauth;
    EXPECT_EQ(oauth.private_key_pem, uri);
    EXPECT_EQ(oauth.reread().value().private_key_pem, uri);
    EXPECT_THAT(faults(kSecret + "dpop_key_file = \"pkcs11:object=a;pin-value=1234\"\n"),
                ElementsAre(AllOf(HasSubstr("dpop_key_file: no PIN in here"), testing::Not(HasSubstr("1234")))));
    const std::string certified = "auth = \"tls_client_auth\"\ncertificate_file = \"client.pem\"\n";
    EXPECT_THAT(faults(certified + "private_key_file = \"" + uri + "\"\n"), testing::IsEmpty());
    EXPECT_THAT(faults(certified + "private_key_file = \"pkcs11:object=a;pin-value=1234\"\n"),
                ElementsAre(AllOf(HasSubstr("private_key_file: no PIN in here"), testing::Not(HasSubstr("1234")))));
}

TEST_F(OAuthTable, TellsHowShortAnRsaKeyIs) {
    write("short.key", "");
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(1024), &EVP_PKEY_free);
    std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_file((folder_ / "short.key").c_str(), "w"), &BIO_free);
    PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    out.reset();
    EXPECT_THAT(faults("auth = \"private_key_jwt\"\nprivate_key_file = \"short.key\"\n", true),
                ElementsAre(AllOf(HasSubstr("destination.oauth"), HasSubstr("an RSA key of 1024 bits"),
                                  HasSubstr("2048 or more"))));
}

}  // namespace
}  // namespace tillkeeper::agent
