// A client that shows a certificate, and servers that demand one.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <optional>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/service.h"
#include "tests/platform/client_authority.h"
#include "tests/platform/driven_loop.h"
#include "tests/platform/tls_server.h"

namespace tillkeeper {
namespace {

class MutualTls : public testing::Test {
  protected:
    static void SetUpTestSuite() { ignore_broken_pipes(); }

    static TlsServer::Script says_ok(TlsServer::End end = TlsServer::End::kClose) {
        return [end](const std::string&) {
            return TlsServer::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", end};
        };
    }
    HttpResponse get(const TlsServer& server, TlsIdentity identity) {
        HttpRequest request;
        request.url = server.url();
        request.ca_file = server.ca_file();
        request.identity = std::move(identity);
        std::optional<HttpResponse> answer;
        const auto call =
            client_->send(std::move(request), [&](HttpResponse response) { answer = std::move(response); });
        EXPECT_TRUE(loop_.until([&] { return answer.has_value(); }));
        return answer.value_or(HttpResponse());
    }

    ClientAuthority known_;
    ClientAuthority foreign_;
    DrivenLoop loop_;
    std::unique_ptr<HttpClient> client_ = make_http_client(*loop_);
};

// [platform-3]
TEST_F(MutualTls, LetsInWhoHasTheRightCertificateAndTellsTheOthersThatItIsTls) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        SCOPED_TRACE(version);
        TlsServer server(says_ok(), "127.0.0.1", version, known_.file());
        const HttpResponse none = get(server, {});
        EXPECT_EQ(none.failure, TransportFailure::kTls) << none.failure_text;
        const HttpResponse foreign = get(server, foreign_.client("store-0042"));
        EXPECT_EQ(foreign.failure, TransportFailure::kTls) << foreign.failure_text;
        EXPECT_EQ(server.client(), "") << "nobody was let in";
        const HttpResponse right = get(server, known_.client("store-0042"));
        EXPECT_EQ(right.status, 200) << right.failure_text;
        EXPECT_EQ(server.client(), "store-0042");
    }
}

// [platform-5]
TEST_F(MutualTls, SharesAConnectionOnlyAmongRequestsWithTheSameCertificate) {
    TlsServer server(says_ok(TlsServer::End::kKeep), "127.0.0.1", 0, known_.file());
    const TlsIdentity one = known_.client("one");
    EXPECT_EQ(get(server, one).status, 200);
    EXPECT_EQ(get(server, one).status, 200);
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(get(server, known_.client("two")).status, 200);
    EXPECT_EQ(server.client(), "two");
    EXPECT_EQ(server.connections(), 2);
    EXPECT_EQ(get(server, one).status, 200);
    EXPECT_EQ(server.client(), "one") << "nor is the TLS session of another taken up";
    const int before = server.connections();
    EXPECT_EQ(get(server, known_.client("one")).status, 200);
    EXPECT_EQ(server.connections(), before + 1) << "a renewed one is another";
    EXPECT_EQ(get(server, {}).failure, TransportFailure::kTls);
}

TEST_F(MutualTls, SaysNothingToAServerThatDoesNotAsk) {
    TlsServer server(says_ok());
    EXPECT_EQ(get(server, known_.client("one")).status, 200);
    EXPECT_EQ(server.client(), "");
}

TEST_F(MutualTls, EndsAsTlsWhereThePairCannotBeUsed) {
    TlsServer server(says_ok());
    const TlsIdentity one = known_.client("one");
    EXPECT_EQ(get(server, {one.certificate_pem, known_.client("two").key}).failure, TransportFailure::kTls);
    EXPECT_EQ(get(server, {"no certificate", one.key}).failure, TransportFailure::kTls);
}

std::string encrypted_key() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), EVP_aes_256_cbc(), "pass", 4, nullptr, nullptr);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

TEST(CertificateAndKey, AreOnePairOrItIsSaidWhatIsWrong) {
    const ClientAuthority authority;
    const TlsIdentity one = authority.client("one");
    const TlsIdentity two = authority.client("two");
    const auto said = [](const std::string& certificate, const std::string& key) {
        const auto checked = check_key_of(certificate, key);
        return checked ? "" : checked.error().message;
    };
    EXPECT_EQ(said(one.certificate_pem, one.key), "");
    EXPECT_EQ(said(one.certificate_pem + two.certificate_pem, one.key), "") << "with its chain";
    EXPECT_EQ(said(one.key + one.certificate_pem, one.key + one.certificate_pem), "") << "both in one file";
    EXPECT_EQ(said(one.certificate_pem, two.key), "the private key is not that of the certificate");
    EXPECT_EQ(said(one.key, one.key), "no certificate in PEM form");
    EXPECT_EQ(said(one.certificate_pem, encrypted_key()), "not an unencrypted private key in PEM form");
}

}  // namespace
}  // namespace tillkeeper
