// The three forms of a CloudEvent, at a cloud that reads them with code of its own.
#include "tests/sync/cloud_delivery.h"

namespace tillkeeper::sync {
namespace {

class FormatAtTheCloud : public CloudDelivery, public ::testing::WithParamInterface<EventFormat> {
  protected:
    cloud::RunningCloud cloud;
};

TEST_P(FormatAtTheCloud, TakesEffectOnceAndInOrder) {
    for (int i = 1; i <= 20; ++i) {
        storage::Entry entry;
        entry.till = "t1";
        entry.till_sequence = i;
        entry.transaction_id = "s" + std::to_string(i);
        entry.type = "sale";
        entry.occurred_at = "2026-11-20T10:42:07+01:00";
        entry.body = std::string(R"({"id":")") + entry.transaction_id + R"(","note":")" + std::string(600, 'x') + "\"}";
        journal.append(std::move(entry));
    }
    DestinationConfig made;
    made.name = "erp";
    made.format = GetParam();
    made.url = cloud.url("/bench/v1/events");
    made.ca_file = cloud.ca();
    made.proof_by_item = true;
    made.oauth.auth = ClientAuth::kClientSecretBasic;
    made.oauth.token_url = cloud.url("/oauth/token");
    made.oauth.client_id = "till";
    made.oauth.client_secret = "s e+c:ret%";
    open(std::move(made));
    ASSERT_TRUE(delivers(20)) << erp->status().cause;
    const auto bench = cloud.control().ledger().value().at("bench");
    EXPECT_EQ(bench.count, 20);
    EXPECT_EQ(bench.repeated, 0);
    EXPECT_EQ(bench.order_violations, 0);
    EXPECT_EQ(bench.requests, GetParam() == EventFormat::kBatched ? 1 : 20);
}

std::string name_of(const ::testing::TestParamInfo<EventFormat>& format) {
    if (format.param == EventFormat::kBatched) return "Batched";
    return format.param == EventFormat::kBinary ? "Binary" : "Structured";
}

INSTANTIATE_TEST_SUITE_P(Each, FormatAtTheCloud,
                         ::testing::Values(EventFormat::kBatched, EventFormat::kStructured, EventFormat::kBinary),
                         name_of);

// What the cloud would say of headers that are encoded otherwise: else the test above would prove little.
TEST(BinaryEventAtTheCloud, IsJudgedByItsHeaders) {
    const cloud::RunningCloud cloud;
    cloud::Sender sender(cloud);
    const auto status = [&](const std::string& id) {
        return sender.client
            .post(cloud.url("/bench/v1/events"), "{}",
                  {sender.authorization, "content-type: application/json", "ce-specversion: 1.0", "ce-source: urn:x",
                   "ce-type: t", "ce-id: " + id})
            .status;
    };
    EXPECT_EQ(status("a%20b"), 200);
    EXPECT_EQ(status("a b"), 400);
    EXPECT_EQ(status("a%2"), 400);
    EXPECT_EQ(status("a%FF"), 400);
    EXPECT_EQ(status("\"a\""), 400);
    EXPECT_NE(cloud.control().items("bench").value().find("\"id\":\"a b\""), std::string::npos);
}

}  // namespace
}  // namespace tillkeeper::sync
