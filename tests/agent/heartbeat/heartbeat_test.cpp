// [agent-107]
#include "agent/heartbeat/heartbeat.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "tests/fakes/seeded_random.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using fakes::http_answer;
using fakes::http_failure;

class HeartbeatTest : public sync::DestinationWorld {
  protected:
    HeartbeatTest() {
        http.respond = [this](const HttpRequest&) { return answer_; };
        http.latency = {};
    }
    void begin(HeartbeatConfig config) {
        config.url = "https://hq.example/heartbeats";
        config.every = 5min;
        heartbeat_ =
            std::move(Heartbeat::make(config, {loop, clock, device, random, http, journal, journal, "0042"}, [this] {
                          return report_;
                      }).value());
        heartbeat_->start();
    }
    // How many were sent meanwhile.
    [[nodiscard]] std::size_t sent(Duration meanwhile) {
        const auto before = http.requests.size();
        loop.advance(meanwhile);
        return http.requests.size() - before;
    }

    std::optional<HttpResponse> answer_ = http_answer(204);
    std::string report_ = "{}";
    std::unique_ptr<Heartbeat> heartbeat_;
};

TEST_F(HeartbeatTest, BeatsAtItsPace) {
    begin({});
    EXPECT_EQ(sent(5min), 1U);
    EXPECT_EQ(http.requests[0].method, "POST");
    EXPECT_EQ(http.requests[0].body, "{}");
    EXPECT_EQ(sent(50min), 10U);
}

TEST_F(HeartbeatTest, SaysNothingWhileThereIsNothingToSay) {
    report_.clear();
    begin({});
    EXPECT_EQ(sent(1h), 0U);
    report_ = "{}";
    EXPECT_EQ(sent(5min), 1U);
}

TEST_F(HeartbeatTest, AServerThatIsAwayIsNotAskedMoreOften) {
    begin({});
    answer_ = http_failure(TransportFailure::kNoRoute);
    testing::internal::CaptureStderr();
    EXPECT_EQ(sent(1h), 12U);
    const auto logged = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(logged, '\n'), 1) << logged;
    answer_ = http_answer(204);
    testing::internal::CaptureStderr();
    EXPECT_EQ(sent(10min), 2U);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("heard"));
}

TEST_F(HeartbeatTest, AStoreThatIsKeptOfflineOnPurposeComplainsOfNothing) {
    begin({});
    answer_ = http_failure(TransportFailure::kByStaff);
    testing::internal::CaptureStderr();
    EXPECT_EQ(sent(1h), 12U);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(HeartbeatTest, AServerThatHangsIsAskedOnce) {
    begin({});
    answer_ = std::nullopt;
    EXPECT_EQ(sent(1h), 1U);
    EXPECT_EQ(http.open(), 1U) << "its own time limit ends it";
    EXPECT_LT(http.requests[0].total_timeout, 1min);
}

TEST_F(HeartbeatTest, RetryAfterIsHeeded) {
    begin({});
    answer_ = http_answer(503, "", {{"retry-after", "1800"}});
    EXPECT_EQ(sent(5min), 1U);
    EXPECT_EQ(sent(20min), 0U);
    EXPECT_EQ(sent(10min), 1U);
    answer_ = http_answer(503, "", {{"retry-after", "1"}});
    EXPECT_EQ(sent(30min), 1U) << "asked off once more";
    EXPECT_EQ(sent(5min), 1U) << "never faster than its pace";
}

TEST_F(HeartbeatTest, ALoginThatFailsIsToldAndTriedAgain) {
    HeartbeatConfig config;
    config.oauth.auth = sync::ClientAuth::kClientSecretBasic;
    config.oauth.token_url = "https://hq.example/token";
    config.oauth.client_id = "store";
    config.oauth.client_secret = "s3cret";
    begin(config);
    answer_ = http_answer(401, R"({"error":"invalid_client"})");
    testing::internal::CaptureStderr();
    loop.advance(1h);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("heartbeat state=\"not heard\""));
    for (const auto& each : http.requests) EXPECT_EQ(each.url, "https://hq.example/token");
    http.respond = [](const HttpRequest& asked) {
        if (asked.url.ends_with("/token"))
            return http_answer(200, R"({"access_token":"t","token_type":"Bearer","expires_in":3600})");
        return http_answer(204);
    };
    http.requests.clear();
    loop.advance(2h);
    const auto beat = std::ranges::find(http.requests, "https://hq.example/heartbeats", &HttpRequest::url);
    ASSERT_NE(beat, http.requests.end());
    EXPECT_THAT(beat->headers, testing::Contains(testing::Pair("authorization", "Bearer t")));
}

// A thousand stores that start together speak over the whole interval: no second of it hears many.
TEST_F(HeartbeatTest, OfAThousandStoresAreSpread) {
    std::map<Duration::rep, int> per_second;
    http.respond = [&](const HttpRequest&) {
        ++per_second[std::chrono::floor<std::chrono::seconds>(clock.monotonic().time_since_epoch()).count()];
        return http_answer(204);
    };
    constexpr std::uint64_t kStores = 1000;
    std::vector<std::unique_ptr<fakes::SeededRandom>> randoms;
    std::vector<std::unique_ptr<Heartbeat>> stores;
    HeartbeatConfig config;
    config.url = "https://hq.example/heartbeats";
    for (std::uint64_t store = 1; store <= kStores; ++store) {
        randoms.push_back(std::make_unique<fakes::SeededRandom>(store));
        stores.push_back(std::move(
            Heartbeat::make(config, {loop, clock, device, *randoms.back(), http, journal, journal, "0042"}, [] {
                return std::string("{}");
            }).value()));
        stores.back()->start();
    }
    loop.advance(5min);
    EXPECT_EQ(http.requests.size(), kStores);
    for (const auto& [second, count] : per_second) EXPECT_LT(count, 20) << second;
}

}  // namespace
}  // namespace tillkeeper::agent
