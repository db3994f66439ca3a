#include "agent/loyalty/lease.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/agent/loyalty/lease_writer.h"

namespace tillkeeper::agent {
namespace {

using loyalty_test::LeaseWriter;

class LeaseTest : public ::testing::Test {
  protected:
    LeaseTest() {
        const auto added = keys_.add(engine_.jwk());
        EXPECT_TRUE(added) << added.error().message;
    }
    [[nodiscard]] Result<Lease> read(const std::string& jws) { return read_lease(jws, keys_, "0042", "https://crm"); }
    [[nodiscard]] Result<Lease> read_claims(const std::string& claims) { return read(engine_.signed_lease(claims)); }

    LeaseWriter engine_{"2026"};
    LeaseKeys keys_{{}};
};

constexpr const char* kGood =
    R"({"iss":"https://crm","aud":"0042","jti":"L-1","sub":"17850","amount":500,"iat":1763632800,"exp":1763719200})";

// [agent-17]
TEST_F(LeaseTest, IsReadWhenEverythingIsInOrder) {
    const auto lease = read_claims(kGood);
    ASSERT_TRUE(lease) << lease.error().message;
    EXPECT_EQ(lease->id, "L-1");
    EXPECT_EQ(lease->member, "17850");
    EXPECT_EQ(lease->pool, "");
    EXPECT_EQ(lease->amount, 500);
    EXPECT_EQ(lease->not_before, WallTime(std::chrono::seconds(1763632800)));
    EXPECT_EQ(lease->expires, WallTime(std::chrono::seconds(1763719200)));
}

// [agent-17]
TEST_F(LeaseTest, CountsForThisStoreThisIssuerAndOneOwnerOnly) {
    const std::string good = kGood;
    const auto with = [&](const std::string& from, const std::string& to) {
        auto claims = good;
        claims.replace(claims.find(from), from.size(), to);
        return claims;
    };
    for (const auto& claims :
         {with("\"0042\"", "\"0043\""), with("https://crm", "https://other"), with("\"sub\":\"17850\",", ""),
          with("\"sub\"", "\"pool\":\"P-1\",\"sub\""), with("500", "0"), with("500", "-5"), with("500", "5.5"),
          with("500", "\"500\""), with("500", "99999999999"), with("1763719200", "1763632800"), with("L-1", "L 1"),
          with("\"jti\":\"L-1\",", ""), with("\"iat\":1763632800,", ""), with("\"exp\":1763719200", "\"exp\":1e99"),
          with("\"iss\"", "\"iss\":\"x\",\"iss\""), std::string("[]"), std::string("")})
        EXPECT_FALSE(read_claims(claims)) << claims;
}

// [agent-17]
TEST_F(LeaseTest, NobodyElseCanWriteOne) {
    const auto good = engine_.signed_lease(kGood);
    ASSERT_TRUE(read(good));
    LeaseWriter other("2026");
    EXPECT_FALSE(read(other.signed_lease(kGood))) << "another key under the same name";
    EXPECT_FALSE(read(LeaseWriter("2027").signed_lease(kGood))) << "an unknown key";
    EXPECT_FALSE(read(engine_.signed_lease(kGood, R"({"alg":"ES256","kid":"2026","typ":"JWT"})")));
    EXPECT_FALSE(read(engine_.signed_lease(kGood, R"({"alg":"none","kid":"2026","typ":"tillkeeper-lease+jwt"})")));
    EXPECT_FALSE(read(engine_.signed_lease(
        kGood, R"({"alg":"ES256","crit":["b64"],"b64":false,"kid":"2026","typ":"tillkeeper-lease+jwt"})")));
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto changed = good;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        ASSERT_FALSE(read(changed)) << at;
    }
    EXPECT_FALSE(read(good + "."));
    EXPECT_FALSE(read(good.substr(0, good.rfind('.'))));
    EXPECT_FALSE(read(std::string(kLeaseBytesMax + 1, 'A')));
}

// RFC 7638: the thumbprint is of the key alone, whatever else its document says. [agent-17]
TEST_F(LeaseTest, OnlyPinnedKeysCountWhereThereArePins) {
    LeaseKeys pinned({engine_.thumbprint()});
    EXPECT_TRUE(pinned.add(engine_.jwk()));
    EXPECT_FALSE(pinned.add(LeaseWriter("2026").jwk()));
    EXPECT_TRUE(read_lease(engine_.signed_lease(kGood), pinned, "0042", "https://crm"));
}

TEST_F(LeaseTest, SaysBeforeItIsProvenWhenItEnds) {
    const auto claim = claimed_by(LeaseWriter("of somebody else").signed_lease(kGood));
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->id, "L-1");
    EXPECT_EQ(claim->expires, WallTime(std::chrono::seconds(1763719200)));
    for (const char* text : {"", "a.b.c", "a", ".."}) EXPECT_FALSE(claimed_by(text)) << text;
}

TEST_F(LeaseTest, KeysOfOtherKindsAreRefused) {
    for (
        const char* jwk :
        {"", "{}", R"({"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"})",
         R"({"kty":"EC","crv":"P-384","kid":"1","x":"AA","y":"AA"})",
         R"({"kty":"EC","crv":"P-256","kid":"1","x":"AA","y":"AA"})",
         R"({"kty":"EC","crv":"P-256","use":"enc","kid":"1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})"})
        EXPECT_FALSE(keys_.add(jwk)) << jwk;
}

}  // namespace
}  // namespace tillkeeper::agent
