// A destination that signs in by certificate (RFC 8705) at a cloud that lets nobody else in, and that takes a token
// only with the certificate it was got with. HTTP/2 over real TLS.
#include "tests/platform/client_authority.h"
#include "tests/sync/cloud_delivery.h"

namespace tillkeeper::sync {
namespace {

class SignedIn : public CloudDelivery {
  protected:
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
    void open(DestinationConfig made) {
        sell("a");
        CloudDelivery::open(std::move(made));
    }

    ClientAuthority known;
    ClientAuthority foreign;
    cloud::RunningCloud cloud{{.client_ca = known.file()}};
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
