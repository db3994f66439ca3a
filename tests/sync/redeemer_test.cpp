// Asking the loyalty engine, in virtual time.
#include "sync/redeemer.h"

#include <gmock/gmock.h>

#include <optional>

#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;
using Outcome = RedemptionWord::Outcome;
using fakes::http_answer;
using fakes::http_failure;

constexpr auto kDeadline = std::chrono::milliseconds(800);

class RedeemerTest : public DestinationWorld {
  protected:
    RedeemerTest() {
        http.respond = {};
        http.latency = {};
        RedeemerConfig config;
        config.url = "https://crm.example/loyalty/v1/redemptions";
        config.deadline = kDeadline;
        redeemer =
            std::move(Redeemer::make(config, {loop, clock, device, random, http, journal, journal, "0042"}).value());
        redeemer->start();
    }
    void ask(const std::string& id) {
        redeemer->ask({id, "17850", 100, "t-1"}, [this](RedemptionWord said) {
            word = std::move(said);
            ++answers;
        });
        loop.run_until_idle();
    }
    // Misses so many deadlines that nobody is asked any more.
    void give_up() {
        for (int i = 0; i < 3; ++i) {
            ask("missed" + std::to_string(i));
            loop.advance(kDeadline);
        }
        ASSERT_FALSE(redeemer->worth_asking());
    }

    std::unique_ptr<Redeemer> redeemer;
    std::optional<RedemptionWord> word;
    int answers = 0;
};

// [agent-17]
TEST_F(RedeemerTest, AsksUnderTheRedemptionsIdAndTellsWhatTheEngineSays) {
    http.will_answer(http_answer(200, R"({"outcome":"approved","balance":1140})"));
    ask("redeem:1");
    ASSERT_TRUE(word);
    EXPECT_EQ(word->outcome, Outcome::kApproved);
    EXPECT_EQ(word->balance, 1140);
    ASSERT_EQ(http.requests.size(), 1U);
    EXPECT_THAT(http.requests[0].headers, Contains(Pair("idempotency-key", "redeem:1")));
    EXPECT_THAT(http.requests[0].body, AllOf(HasSubstr(R"("id":"redeem:1")"), HasSubstr(R"("store":"0042")"),
                                             HasSubstr(R"("member_id":"17850")"),
                                             HasSubstr(R"("transaction_id":"t-1")"), HasSubstr(R"("points":100)")));
    http.will_answer(http_answer(200, R"({"outcome":"declined","reason":"balance_too_low","balance":40})"));
    ask("redeem:2");
    EXPECT_EQ(word->outcome, Outcome::kDeclined);
    EXPECT_EQ(word->reason, "balance_too_low");
}

// [agent-17] What may have been booked must be known: the store would otherwise let the customer's points vanish.
TEST_F(RedeemerTest, TellsWhetherSomethingMayHaveBeenBooked) {
    const auto booked = [&](HttpResponse response) {
        const auto said = read_redemption_word(response);
        EXPECT_EQ(said.outcome, Outcome::kNoAnswer);
        return said.maybe_booked;
    };
    for (const auto failure :
         {TransportFailure::kNoRoute, TransportFailure::kNoDns, TransportFailure::kRefused, TransportFailure::kTls})
        EXPECT_FALSE(booked(http_failure(failure)));
    for (const auto failure : {TransportFailure::kTimeout, TransportFailure::kBroken, TransportFailure::kTooLarge})
        EXPECT_TRUE(booked(http_failure(failure)));
    for (const int status : {400, 401, 403, 404, 409, 429}) EXPECT_FALSE(booked(http_answer(status)));
    for (const int status : {302, 500, 502, 503}) EXPECT_TRUE(booked(http_answer(status)));
    for (const char* body : {"", "<html>", "{}", R"({"outcome":"maybe"})", R"({"outcome":true})", "[\"approved\"]"})
        EXPECT_TRUE(booked(http_answer(200, body))) << body;
}

// [sync-10]
TEST_F(RedeemerTest, TheDeadlineEndsIt) {
    ask("redeem:1");
    loop.advance(kDeadline - std::chrono::milliseconds(1));
    EXPECT_EQ(answers, 0);
    loop.advance(std::chrono::milliseconds(1));
    ASSERT_EQ(answers, 1);
    EXPECT_EQ(word->outcome, Outcome::kNoAnswer);
    EXPECT_TRUE(word->maybe_booked) << "it has left";
    EXPECT_EQ(http.open(), 0U) << "and is cancelled";
    loop.advance(kHour);
    EXPECT_EQ(answers, 1);
}

// [sync-10]
TEST_F(RedeemerTest, AfterAFewMissedDeadlinesOneAtATimeFindsOutWhetherItIsBack) {
    give_up();
    const auto sent = http.requests.size();
    answers = 0;
    ask("refused at once");
    EXPECT_EQ(answers, 1);
    EXPECT_FALSE(word->maybe_booked) << "it never left";
    EXPECT_EQ(http.requests.size(), sent);

    loop.advance(std::chrono::seconds(15));
    ASSERT_TRUE(redeemer->worth_asking());
    ask("probe");
    EXPECT_EQ(http.requests.size(), sent + 1);
    EXPECT_FALSE(redeemer->worth_asking()) << "one at a time";
    ASSERT_TRUE(http.answer(http.requests.size() - 1, http_answer(200, R"({"outcome":"approved"})")));
    loop.run_until_idle();
    EXPECT_EQ(word->outcome, Outcome::kApproved);
    EXPECT_TRUE(redeemer->worth_asking());
}

// [sync-10]
TEST_F(RedeemerTest, AProbeThatMissesLetsNobodyAskForAWhile) {
    give_up();
    loop.advance(std::chrono::seconds(15));
    ask("probe");
    loop.advance(kDeadline);
    EXPECT_EQ(word->outcome, Outcome::kNoAnswer);
    loop.advance(std::chrono::seconds(16));
    EXPECT_TRUE(redeemer->worth_asking());
}

TEST_F(RedeemerTest, NoNetworkIsKnownAtOnce) {
    http.will_answer(http_failure(TransportFailure::kNoRoute));
    ask("redeem:1");
    EXPECT_FALSE(word->maybe_booked);
    EXPECT_FALSE(redeemer->worth_asking());
}

}  // namespace
}  // namespace tillkeeper::sync
