#include "agent/lookups/lookup_desk.h"

#include <gmock/gmock.h>

#include "agent/lookups/deferred_request.h"
#include "tests/agent/lookups/lookup_store.h"

namespace tillkeeper::agent {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kByKey = R"({"request_id":"r-1","key":"17850"})";
const std::string kGold = R"({"member_id":"17850","card":"2600017850","phone":"0170 1234567","points":1240})";

class LookupDeskTest : public testing::Test {
  protected:
    [[nodiscard]] sync::LiveAnswer found(const std::string& body) const {
        return {.outcome = sync::LiveAnswer::Outcome::kFound, .key = "17850", .body = body};
    }
    void pull_members(Duration ago = {}) { store_.pull("members", {LookupStore::row("members", "17850", kGold)}, ago); }
    [[nodiscard]] const std::string& last() const { return store_.mqtt.published.back().payload; }

    LookupStore store_;
};

// [agent-15]
TEST_F(LookupDeskTest, TheCopyAnswersWithItsAge) {
    pull_members(minutes(29));
    EXPECT_EQ(store_.ask("members", kByKey),
              R"({"reply_to":"lookup","request_id":"r-1","collection":"members","outcome":"found","source":"mirror",)"
              R"("as_of":"2026-11-20T09:31:00Z","stale":false,"record":)" +
                  kGold + "}");
    store_.clock.advance(hours(24));
    EXPECT_THAT(store_.ask("members", kByKey), AllOf(HasSubstr(R"("outcome":"found")"), HasSubstr(R"("stale":true)")));
    EXPECT_THAT(store_.counted, ElementsAre("members found mirror", "members found mirror"));
}

// [agent-15] Only what is complete and fresh may say that somebody is not there.
TEST_F(LookupDeskTest, NotFoundIsSaidOnlyByACompleteAndFreshCopy) {
    const std::string other = R"({"request_id":"r","key":"1"})";
    EXPECT_EQ(store_.ask("members", other),
              R"({"reply_to":"lookup","request_id":"r","collection":"members","outcome":"unknown"})");
    pull_members();
    EXPECT_THAT(store_.ask("members", other),
                AllOf(HasSubstr(R"("outcome":"not_found","source":"mirror","as_of":"2026-11-20T10:00:00Z")"),
                      Not(HasSubstr("record"))));
    store_.clock.advance(hours(25));
    EXPECT_THAT(store_.ask("members", other), HasSubstr(R"("outcome":"unknown")"));
    // A clock that fell back makes nothing fresh.
    store_.clock.set_wall(WallTime{});
    EXPECT_THAT(store_.ask("members", other), HasSubstr(R"("outcome":"unknown")"));
}

TEST_F(LookupDeskTest, FindsByWhatACashierTypes) {
    pull_members();
    for (const char* by : {R"({"card":"2600-017850"})", R"({"phone":"+49 170 1234567"})", R"({"phone":"0170*"})"})
        EXPECT_THAT(store_.ask("members", std::string(R"({"request_id":"r","by":)") + by + "}"),
                    HasSubstr(R"("member_id":"17850")"))
            << by;
    EXPECT_THAT(last(), HasSubstr(R"("records":[{"member_id":"17850")"));  // a beginning is told as a list
    EXPECT_THAT(last(), HasSubstr(R"("more":false)"));
}

TEST_F(LookupDeskTest, TellsOfManyOnlySoMany) {
    std::vector<storage::MirrorRow> rows;
    for (int i = 100; i < 121; ++i)
        rows.push_back(
            LookupStore::row("members", std::to_string(i), R"({"phone":"0170 1234)" + std::to_string(i) + "\"}"));
    store_.pull("members", rows);
    const auto told = store_.ask("members", R"({"request_id":"r","by":{"phone":"0170*"}})");
    EXPECT_THAT(told, AllOf(HasSubstr("1234119"), Not(HasSubstr("1234120")), HasSubstr(R"("more":true)")));
    rows.clear();
    for (int i = 100; i < 110; ++i)
        rows.push_back(LookupStore::row(
            "members", std::to_string(i),
            R"({"phone":"0170 1234)" + std::to_string(i) + R"(","note":")" + std::string(40'000, 'x') + "\"}"));
    store_.pull("members", rows);
    EXPECT_LT(store_.ask("members", R"({"request_id":"r","by":{"phone":"0170*"}})").size(), 256U << 10);
    EXPECT_THAT(last(), HasSubstr(R"("more":true)"));
}

// [agent-15]
TEST_F(LookupDeskTest, TheCloudIsAskedFirst) {
    pull_members();
    store_.cloud.there = true;
    store_.say("till-1", "members", kByKey);
    store_.loop.run_until_idle();
    ASSERT_EQ(store_.cloud.questions.size(), 1U);
    EXPECT_EQ(store_.cloud.questions[0].value, "17850");
    EXPECT_EQ(store_.cloud.questions[0].deadline, store_.clock.monotonic() + milliseconds(300));
    EXPECT_TRUE(store_.mqtt.published.empty());
    store_.loop.advance(milliseconds(299));
    store_.cloud.answer(found(R"({"member_id":"17850","points":7})"));
    EXPECT_THAT(last(),
                AllOf(HasSubstr(R"("source":"live")"), HasSubstr(R"("points":7)"), HasSubstr(R"("stale":false)")));
    store_.loop.advance(minutes(1));
    EXPECT_EQ(store_.mqtt.published.size(), 1U);

    store_.say("till-1", "members", kByKey);
    store_.loop.run_until_idle();
    store_.cloud.answer({.outcome = sync::LiveAnswer::Outcome::kNotFound});
    EXPECT_THAT(last(), HasSubstr(R"("outcome":"not_found","source":"live")"));
}

// [agent-15] Whatever the cloud does, the deadline holds.
TEST_F(LookupDeskTest, TheCopyAnswersAtTheDeadline) {
    pull_members();
    store_.cloud.there = true;
    store_.say("till-1", "members", kByKey);
    store_.loop.run_until_idle();
    store_.loop.advance(milliseconds(299));
    EXPECT_TRUE(store_.mqtt.published.empty());
    store_.loop.advance(milliseconds(1));
    ASSERT_EQ(store_.mqtt.published.size(), 1U);
    EXPECT_THAT(last(), HasSubstr(R"("source":"mirror")"));
    store_.cloud.answer(found(kGold));  // too late
    EXPECT_EQ(store_.mqtt.published.size(), 1U);

    store_.say("till-1", "members", kByKey);
    store_.loop.run_until_idle();
    store_.cloud.answer({.outcome = sync::LiveAnswer::Outcome::kNoAnswer, .cause = "service"});
    EXPECT_EQ(store_.mqtt.published.size(), 2U);
    EXPECT_THAT(last(), HasSubstr(R"("source":"mirror")"));
}

TEST_F(LookupDeskTest, TheCloudIsNotAskedWhatItCannotSay) {
    store_.cloud.there = true;
    store_.say("till-1", "members", R"({"request_id":"r","by":{"phone":"0170*"}})");
    store_.say("till-1", "prices", R"({"request_id":"r","by":{"sku":"A"}})");
    store_.say("till-1", "stock", R"({"request_id":"r","key":"A"})");
    store_.loop.run_until_idle();
    EXPECT_TRUE(store_.cloud.questions.empty());
    EXPECT_EQ(store_.mqtt.published.size(), 3U);
}

// [agent-16] What is told to be kept is kept.
TEST_F(LookupDeskTest, UnknownLeavesOnlyWhenItIsKept) {
    store_.keeper.by_hand = true;
    store_.say("till-1", "members", kByKey, "tillkeeper/v1/tills/till-1/desk", std::string("\0\xff", 2));
    store_.loop.run_until_idle();
    EXPECT_TRUE(store_.mqtt.published.empty());
    ASSERT_EQ(store_.keeper.kept.size(), 1U);
    EXPECT_EQ(store_.keeper.kept[0].till, "till-1");
    EXPECT_EQ(store_.keeper.kept[0].collection, "members");
    const auto kept = parse_deferred(store_.keeper.kept[0].request);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->payload, kByKey);
    EXPECT_EQ(kept->to.topic, "tillkeeper/v1/tills/till-1/desk");
    EXPECT_EQ(kept->to.correlation_data, std::string("\0\xff", 2));
    store_.keeper.waiting.front()({});
    EXPECT_THAT(last(), HasSubstr(R"("outcome":"unknown")"));
    EXPECT_EQ(store_.mqtt.published[0].topic, "tillkeeper/v1/tills/till-1/desk");
    EXPECT_EQ(store_.mqtt.published[0].correlation_data, std::string("\0\xff", 2));

    store_.keeper.by_hand = false;
    store_.keeper.refuses = ErrorCode::kLimit;
    EXPECT_THAT(store_.ask("members", kByKey),
                HasSubstr(R"("outcome":"refused","problem":"busy","retry_after_ms":500)"));
    store_.keeper.refuses = ErrorCode::kStorageFull;
    EXPECT_THAT(store_.ask("members", kByKey), HasSubstr(R"("problem":"storage_full","retry_after_ms":5000)"));
    for (const char* text : {"", "{}", R"({"topic":"a","correlation":"0","request":{}})", "{\"topic\":"})
        EXPECT_FALSE(parse_deferred(text)) << text;
}

TEST_F(LookupDeskTest, RefusesWhatCannotBeLookedUp) {
    EXPECT_THAT(
        store_.ask("members", "hello"),
        AllOf(HasSubstr(R"("request_id":null,"collection":"members","outcome":"refused","problem":"malformed")"),
              HasSubstr(R"("retry_after_ms":null)")));
    EXPECT_THAT(store_.ask("members", std::string(kLookupBytesMax + 1, ' ')), HasSubstr(R"("problem":"too_large")"));
    EXPECT_THAT(store_.ask("members", R"({"request_id":"r","by":{"card":"4111111111111111"}})"),
                HasSubstr(R"("problem":"contains_card_number")"));
    EXPECT_THAT(store_.ask("colours", kByKey), AllOf(HasSubstr(R"("request_id":"r-1","collection":null)"),
                                                     HasSubstr(R"("problem":"unknown_collection")")));
    for (const char* by : {R"({"colour":"red"})", R"({"phone":"01*"})", R"({"card":"26*"})", R"({"phone":"-"})"})
        EXPECT_THAT(store_.ask("members", std::string(R"({"request_id":"r","by":)") + by + "}"),
                    HasSubstr(R"("problem":"not_searchable")"))
            << by;
    EXPECT_THAT(store_.ask("transactions", R"({"request_id":"r","by":{"colour":"red"}})"),
                HasSubstr(R"("problem":"not_searchable")"));
    store_.say("till-1", "members", kByKey, "tillkeeper/v1/tills/till-2/replies");
    store_.loop.run_until_idle();
    EXPECT_THAT(last(), HasSubstr(R"("problem":"not_yours")"));
    EXPECT_EQ(store_.mqtt.published.back().topic, "tillkeeper/v1/tills/till-1/replies");
    store_.mirror_reader.broken = true;
    EXPECT_THAT(store_.ask("members", kByKey), HasSubstr(R"("problem":"busy")"));
    EXPECT_THAT(store_.counted.back(), "members refused none");
    EXPECT_THAT(store_.counted[3], "other refused none");
}

TEST_F(LookupDeskTest, TakesNoNoticeOfOtherTopics) {
    for (const char* topic : {"tillkeeper/v1/tills/till-1/transactions", "tillkeeper/v1/status", "x",
                              "tillkeeper/v1/tills/t i l l/lookups/members"}) {
        MqttMessage message{.topic = topic, .payload = kByKey};
        store_.desk->receive(message);
        EXPECT_EQ(message.payload, kByKey);
    }
    store_.loop.run_until_idle();
    EXPECT_TRUE(store_.mqtt.published.empty());
}

// [agent-15] A till that asks for thousands delays nobody else's.
TEST_F(LookupDeskTest, TillsTakeTurns) {
    pull_members();
    for (int i = 0; i < 1000; ++i) store_.say("till-1", "members", kByKey);
    store_.say("till-2", "members", kByKey);
    const auto refused = store_.mqtt.published.size();
    EXPECT_EQ(refused, 1000 - kLookupsWaitingMax - kLookupsUnderWayMax);
    EXPECT_THAT(last(), HasSubstr(R"("request_id":"r-1","collection":"members","outcome":"refused","problem":"busy")"));
    bool sold = false;
    store_.loop.post([&] { sold = store_.mqtt.published.size() <= refused + 1; });
    store_.loop.run_until_idle();
    EXPECT_TRUE(sold);  // other work has its turn between two look-ups
    EXPECT_EQ(store_.mqtt.published[refused].topic, "tillkeeper/v1/tills/till-2/replies");
    EXPECT_EQ(store_.mqtt.published.size(), 1001U);
}

TEST_F(LookupDeskTest, OnlySoManyOfATillAreAtTheCloud) {
    pull_members();
    store_.cloud.there = true;
    for (int i = 0; i < 50; ++i) store_.say("till-1", "members", kByKey);
    store_.say("till-2", "members", kByKey);
    store_.loop.run_until_idle();
    EXPECT_EQ(store_.cloud.questions.size(), kLookupsUnderWayMax + 1);
    while (!store_.cloud.questions.empty()) {
        store_.cloud.answer(found(kGold));
        store_.loop.run_until_idle();
    }
    EXPECT_EQ(store_.mqtt.published.size(), 51U);
}

}  // namespace
}  // namespace tillkeeper::agent
