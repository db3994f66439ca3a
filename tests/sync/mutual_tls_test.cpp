// A destination that signs in by certificate (RFC 8705) at a cloud that lets nobody else in, and that takes a token
// only with the certificate it was got with. HTTP/2 over real TLS.
#include <gtest/gtest.h>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/system.h"
#include "sync/destination.h"
#include "tests/cloud/cloud_rig.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/seeded_random.h"
#include "tests/platform/client_authority.h"
#include "tests/platform/driven_loop.h"
#include "tests/sync/fake_journal.h"

namespace tillkeeper::sync {
namespace {

class SignedIn : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { ignore_broken_pipes(); }

    DestinationConfig config() {
        DestinationConfig made;
        made.name = "erp";
        made.url = cloud.url("/bench/v1/events");
        made.ca_file = cloud.ca();
        made.oauth.auth = ClientAuth::kMutualTls;
        made.oauth.token_url = cloud.url("/oauth/token");
        made.oauth.client_id = "store-0042";
        return made;
    }
    void sell(const std::string& id) {
        storage::Entry entry;
        entry.till = "t1";
        entry.transaction_id = id;
        entry.type = "sale";
        entry.occurred_at = "2026-11-20T10:42:07+01:00";
        entry.body = R"({"id":")" + id + R"(","type":"sale"})";
        journal.append(std::move(entry));
        if (erp) erp->wake();
    }
    void open(DestinationConfig made) {
        sell("a");
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
    bool delivers(std::uint64_t count) {
        return loop.until([&] { return erp->status().delivered == count; });
    }
    bool cause_is(const std::string& cause) {
        return loop.until([&] { return erp->status().cause == cause; });
    }

    ClientAuthority known;
    ClientAuthority foreign;
    cloud::RunningCloud cloud{{.client_ca = known.file()}};
    SystemClock clock;
    DrivenLoop loop;
    fakes::FakeDevice device;
    fakes::SeededRandom random{7};
    std::unique_ptr<HttpClient> http = make_http_client(*loop);
    fakes::FakeJournal journal{*loop};
    std::unique_ptr<Destination> erp;
};

// [sync-14]
TEST_F(SignedIn, ACertificateIsTakenAtBothAndARenewedOneWithTheNextToken) {
    auto made = config();
    TlsIdentity in_file = known.client("store-0042");
    made.oauth.identity = [&]() -> Result<TlsIdentity> { return in_file; };
    open(std::move(made));
    ASSERT_TRUE(delivers(1)) << erp->status().cause;
    in_file = known.client("store-0042");
    sell("b");
    ASSERT_TRUE(delivers(2)) << erp->status().cause;
    EXPECT_EQ(erp->status().unauthorised, 0U) << "the token goes with the certificate it was got with";
    ASSERT_TRUE(cloud.control().revoke_tokens());
    sell("c");
    ASSERT_TRUE(delivers(3)) << erp->status().cause;
    EXPECT_EQ(cloud.control().tokens_granted().value_or(0), 2);
}

TEST_F(SignedIn, AForeignCertificateIsACauseOfTlsUntilItIsReplaced) {
    auto made = config();
    TlsIdentity in_file = foreign.client("store-0042");
    made.oauth.identity = [&]() -> Result<TlsIdentity> { return in_file; };
    open(std::move(made));
    EXPECT_TRUE(cause_is("tls")) << erp->status().cause;
    in_file = known.client("store-0042");
    erp->retry_now();
    EXPECT_TRUE(delivers(1)) << erp->status().cause;
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
