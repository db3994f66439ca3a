// A destination that signs in by certificate (RFC 8705), over real TLS: at the token endpoint and at the service.
#include <gtest/gtest.h>

#include <map>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/system.h"
#include "sync/destination.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/seeded_random.h"
#include "tests/platform/client_authority.h"
#include "tests/platform/driven_loop.h"
#include "tests/platform/tls_server.h"
#include "tests/sync/fake_journal.h"

namespace tillkeeper::sync {
namespace {

class SignedIn : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { ignore_broken_pipes(); }

    // Token endpoint and service in one; who came where stands in `came`.
    TlsServer::Answer answer(const std::string& head) {
        const bool token = head.starts_with("POST /token ");
        came[token ? "token" : "service"] = server.client();
        const std::string body = token ? R"({"access_token":"bound","expires_in":600})" : R"({"items":[]})";
        return {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body};
    }
    DestinationConfig config() {
        DestinationConfig made;
        made.name = "erp";
        made.url = server.url() + "postings";
        made.ca_file = server.ca_file();
        made.gzip = false;
        made.oauth.auth = ClientAuth::kMutualTls;
        made.oauth.token_url = server.url() + "token";
        made.oauth.client_id = "store-0042";
        return made;
    }
    void open(DestinationConfig made) {
        storage::Entry entry;
        entry.till = "t1";
        entry.transaction_id = "a";
        entry.type = "sale";
        entry.occurred_at = "2026-11-20T10:42:07+01:00";
        entry.body = R"({"id":"a","type":"sale"})";
        journal.append(std::move(entry));
        auto opened = Destination::make(std::move(made), {.loop = *loop,
                                                          .clock = clock,
                                                          .device = device,
                                                          .random = random,
                                                          .http = *http,
                                                          .reader = journal,
                                                          .writer = journal,
                                                          .store_id = "0042"});
        ASSERT_TRUE(opened) << opened.error().message;
        erp = std::move(*opened);
        ASSERT_TRUE(erp->start());
    }
    bool cause_is(const std::string& cause) {
        return loop.until([&] { return erp->status().cause == cause; });
    }

    ClientAuthority known;
    ClientAuthority foreign;
    std::map<std::string, std::string> came;
    TlsServer server{[this](const std::string& head) { return answer(head); }, "127.0.0.1", 0, known.file()};
    SystemClock clock;
    DrivenLoop loop;
    fakes::FakeDevice device;
    fakes::SeededRandom random{7};
    std::unique_ptr<HttpClient> http = make_http_client(*loop);
    fakes::FakeJournal journal{*loop};
    std::unique_ptr<Destination> erp;
};

// [sync-12]
TEST_F(SignedIn, ARightCertificateIsTakenAtTheTokenEndpointAndAtTheService) {
    auto made = config();
    made.oauth.identity = [own = known.client("store-0042")]() -> Result<TlsIdentity> { return own; };
    open(std::move(made));
    ASSERT_TRUE(loop.until([&] { return erp->status().delivered == 1; })) << erp->status().cause;
    EXPECT_EQ(came["token"], "store-0042");
    EXPECT_EQ(came["service"], "store-0042");
}

TEST_F(SignedIn, AForeignCertificateIsACauseOfTlsUntilItIsReplaced) {
    auto made = config();
    TlsIdentity in_file = foreign.client("store-0042");
    made.oauth.identity = [&]() -> Result<TlsIdentity> { return in_file; };
    open(std::move(made));
    EXPECT_TRUE(cause_is("tls")) << erp->status().cause;
    in_file = known.client("store-0042");
    erp->retry_now();
    EXPECT_TRUE(loop.until([&] { return erp->status().delivered == 1; })) << erp->status().cause;
}

TEST_F(SignedIn, NoCertificateIsACauseOfTls) {
    auto made = config();
    made.oauth.auth = ClientAuth::kClientSecretPost;
    made.oauth.client_secret = "s3cret";
    open(std::move(made));
    EXPECT_TRUE(cause_is("tls")) << erp->status().cause;
}

}  // namespace
}  // namespace tillkeeper::sync
