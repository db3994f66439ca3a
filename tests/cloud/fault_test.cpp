#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cloud/cloud_rig.h"
#include "tests/e2e/ports.h"

namespace tillkeeper::cloud {
namespace {

using testing::HasSubstr;

// Each test over HTTP/2 and HTTP/1.1.
class Faults : public testing::TestWithParam<long> {
  protected:
    Faults() {
        sender.client.version = GetParam();
        sender.client.fresh_connections = true;
    }
    void fail_with(const std::string& members, const std::string& destination = "erp") {
        const auto set = control.set_fault("{\"destination\":\"" + destination + "\"," + members + "}");
        ASSERT_TRUE(set) << set.error().message;
    }
    Reply send_one(const std::string& id) { return sender.send(batch({event(id, erp_data())})); }
    bool took_effect(const std::string& id) { return control.has("erp", id).value(); }
    // The connection broke; which word libcurl has for that depends on the protocol.
    static bool broke(const Reply& reply) { return reply.code != CURLE_OK && reply.code != CURLE_OPERATION_TIMEDOUT; }

    RunningCloud cloud;
    CloudControl control = cloud.control();
    Sender sender{cloud};
};

INSTANTIATE_TEST_SUITE_P(Http, Faults, testing::Values(CURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_1_1),
                         [](const auto& protocol) { return protocol.param == CURL_HTTP_VERSION_1_1 ? "one" : "two"; });

TEST_P(Faults, RefuseCutsTheNetworkUntilItIsEnded) {
    ASSERT_EQ(send_one("a").status, 200);
    sender.client.fresh_connections = false;
    ASSERT_TRUE(control.cut_network());
    EXPECT_FALSE(lab::listening(cloud.port()));
    EXPECT_TRUE(broke(send_one("b")));
    EXPECT_EQ(send_one("b").code, CURLE_COULDNT_CONNECT);
    EXPECT_EQ(ask_token(sender.client, cloud, basic_header()).code, CURLE_COULDNT_CONNECT);
    ASSERT_TRUE(control.clear_faults("erp"));
    EXPECT_EQ(send_one("b").code, CURLE_COULDNT_CONNECT);
    ASSERT_TRUE(control.clear_faults());
    EXPECT_EQ(send_one("b").status, 200);
}

TEST(Doors, AreShutOneByOne) {
    CloudOptions options;
    options.doors = 2;
    RunningCloud cloud(options);
    CloudControl control = cloud.control();
    const auto open = [&](std::size_t door) { return lab::listening(cloud.port(door)); };
    ASSERT_TRUE(control.set_door(1, false));
    EXPECT_TRUE(open(0) && !open(1));
    ASSERT_TRUE(control.cut_network());
    EXPECT_TRUE(!open(0) && !open(1));
    ASSERT_TRUE(control.clear_faults());
    EXPECT_TRUE(open(0) && !open(1)) << "what ends the faults opens no door";
    ASSERT_TRUE(control.set_door(1, true));
    EXPECT_TRUE(open(0) && open(1));
    EXPECT_FALSE(control.set_door(2, true));
}

TEST_P(Faults, HangNeverAnswers) {
    fail_with(R"("mode":"hang","count":1)");
    sender.client.timeout_ms = 400;
    EXPECT_EQ(send_one("a").code, CURLE_OPERATION_TIMEDOUT);
    EXPECT_FALSE(took_effect("a"));
    sender.client.timeout_ms = 20000;
    EXPECT_EQ(send_one("a").status, 200);
}

TEST_P(Faults, ResetBreaksTheRequest) {
    fail_with(R"("mode":"reset","count":1)");
    EXPECT_TRUE(
        broke(sender.send(batch({event("a", erp_data()), event("b", "\"" + std::string(300000, 'x') + "\"")}))));
    EXPECT_FALSE(took_effect("a"));
    EXPECT_EQ(send_one("a").status, 200);
}

TEST_P(Faults, StatusIsAnsweredAsOftenAsTold) {
    fail_with(R"("mode":"status","status":429,"retry_after_s":7,"count":2)");
    for (int i = 0; i < 2; ++i) {
        const Reply reply = send_one("a");
        EXPECT_EQ(reply.status, 429);
        EXPECT_EQ(reply.headers.at("retry-after"), "7");
    }
    EXPECT_FALSE(took_effect("a"));
    EXPECT_EQ(send_one("a").status, 200);
    fail_with(R"("mode":"status","status":401)");
    EXPECT_TRUE(send_one("b").headers.at("www-authenticate").starts_with("Bearer"));
    ASSERT_TRUE(control.clear_faults("erp"));
    EXPECT_EQ(send_one("b").status, 200);
}

TEST_P(Faults, StrikeOnlyTheirDestination) {
    fail_with(R"("mode":"status","status":503)", "token");
    EXPECT_EQ(ask_token(sender.client, cloud, basic_header()).status, 503);
    EXPECT_EQ(send_one("a").status, 200);
    fail_with(R"("mode":"status","status":500)", "*");
    EXPECT_EQ(send_one("b").status, 500);
}

TEST_P(Faults, GarbageIsNotJson) {
    fail_with(R"("mode":"garbage")");
    const Reply reply = send_one("a");
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.body, HasSubstr("<html>"));
    EXPECT_FALSE(took_effect("a"));
}

TEST_P(Faults, SlowTakesEffectAndAnswersLate) {
    fail_with(R"("mode":"slow","delay_ms":300,"count":2)");
    sender.client.timeout_ms = 100;
    EXPECT_EQ(send_one("a").code, CURLE_OPERATION_TIMEDOUT);
    EXPECT_TRUE(took_effect("a"));
    sender.client.timeout_ms = 20000;
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(send_one("a").status, 200);
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(300));
}

TEST_P(Faults, LoseAnswerTakesEffect) {
    fail_with(R"("mode":"lose_answer","count":1)");
    const Reply reply = send_one("a");
    EXPECT_TRUE(broke(reply));
    EXPECT_EQ(reply.status, 0);
    EXPECT_TRUE(took_effect("a"));
    EXPECT_THAT(send_one("a").body, HasSubstr("ERP-0000001"));
    EXPECT_EQ(control.ledger().value().at("erp").repeated, 1);
}

TEST_P(Faults, CutAnswerTakesEffectAndSendsHalf) {
    fail_with(R"("mode":"cut_answer","count":1)");
    const Reply reply = send_one("a");
    EXPECT_TRUE(broke(reply));
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(took_effect("a"));
    const Reply whole = send_one("a");
    EXPECT_EQ(whole.status, 200);
    EXPECT_LT(reply.body.size(), whole.body.size());
    EXPECT_TRUE(whole.body.starts_with(reply.body));
}

TEST_P(Faults, RejectItemRejectsTheNamedOnes) {
    fail_with(R"("mode":"reject_item","items":["b"],"reason":"account is \"closed\"")");
    const Reply reply = sender.send(batch({event("a", erp_data()), event("b", erp_data()), event("c", erp_data())}));
    EXPECT_THAT(reply.body, HasSubstr(R"({"id":"b","outcome":"rejected","reason":"account is \"closed\"")"));
    EXPECT_TRUE(took_effect("a"));
    EXPECT_FALSE(took_effect("b"));
    EXPECT_TRUE(took_effect("c"));
    EXPECT_EQ(control.ledger().value().at("erp").rejected, 1);
}

TEST_P(Faults, RejectBatchDoesNotSayWhich) {
    fail_with(R"("mode":"reject_batch","items":["poison"])");
    const Reply reply = sender.send(batch({event("a", erp_data()), event("poison", erp_data())}));
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body.find("poison"), std::string::npos);
    EXPECT_FALSE(took_effect("a"));
    EXPECT_EQ(send_one("a").status, 200);
}

TEST_P(Faults, ServerErrorItemFailsItsBatch) {
    fail_with(R"("mode":"server_error_item","items":["poison"])");
    EXPECT_EQ(sender.send(batch({event("a", erp_data()), event("poison", erp_data())})).status, 500);
    EXPECT_FALSE(took_effect("a"));
    EXPECT_EQ(send_one("a").status, 200);
    ASSERT_TRUE(control.clear_faults("erp"));
    EXPECT_EQ(send_one("poison").status, 200);
}

TEST_P(Faults, FollowFromTheSeed) {
    const auto sample = [](std::uint64_t seed) {
        const RunningCloud here({.seed = seed});
        EXPECT_TRUE(here.control().set_fault(R"({"destination":"*","mode":"status","probability":0.5})"));
        HttpsClient client(here.ca());
        std::string out;
        for (int i = 0; i < 40; ++i) out += ask_token(client, here, basic_header()).status == 200 ? '.' : 'x';
        return out;
    };
    const std::string first = sample(7);
    EXPECT_EQ(sample(7), first);
    EXPECT_NE(sample(8), first);
    const auto failed = std::count(first.begin(), first.end(), 'x');
    EXPECT_GT(failed, 8);
    EXPECT_LT(failed, 32);
}

TEST_P(Faults, AreRefusedWhenMalformed) {
    for (const char* bad :
         {"", "{}", R"({"destination":"erp"})", R"({"destination":"erp","mode":"explode"})",
          R"({"destination":"moon","mode":"hang"})", R"({"destination":"erp","mode":"refuse"})",
          R"({"destination":"erp","mode":"hang","probability":2})", R"({"destination":"erp","mode":"reject_item"})",
          R"({"destination":"erp","mode":"status","status":99})", R"({"destination":"erp","mode":"hang","often":1})"})
        EXPECT_EQ(control.set_fault(bad).error().code, ErrorCode::kInvalid) << bad;
    EXPECT_EQ(send_one("a").status, 200);
}

}  // namespace
}  // namespace tillkeeper::cloud
