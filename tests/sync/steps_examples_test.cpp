// The shipped programs for Tryton and Vendure, through answers that those were seen to give; tests/e2e/peers runs them
// against the systems themselves.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <map>

#include "sync/steps.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ShippedSteps : public ::testing::Test {
  protected:
    // Asks `name`'s program for one sale. `answers`: bodies of 200, by the names of requests; asked_ has these in
    // order.
    BatchAnswer run(const std::string& name, const std::map<std::string, std::string>& answers) {
        std::ifstream file(std::string(TILLKEEPER_STEPS_EXAMPLES "/") + name + "/" + name + ".jq");
        config_.name = name;
        config_.kind = DestinationKind::kSteps;
        config_.url = "https://" + name + ".example/api";
        config_.steps = {std::istreambuf_iterator<char>(file), {}};
        auto steps = Steps::make(config_, "0042");
        EXPECT_TRUE(steps) << steps.error().message;
        storage::Entry entry;
        entry.transaction_id = "s1";
        entry.body = R"({"id":"s1","type":"sale","business_day":"2026-11-20","currency":"GBP","member_id":"17850",
            "lines":[{"sku":"a","quantity":2,"unit_price":105,"amount":210}],"total":210})";
        asked_.clear();
        StepsAttempt attempt;
        const auto begun = steps->begin(entry, "", attempt, random_);
        EXPECT_TRUE(begun) << begun.error().message;
        for (;;) {
            asked_.push_back(attempt.name);
            const auto said = answers.find(attempt.name);
            if (said == answers.end()) return not_understood("no answer to " + attempt.name);
            auto end =
                steps->go_on(entry, fakes::http_answer(200, said->second), attempt, fakes::FakeClock::kStart, random_);
            if (end) return *end;
        }
    }
    static void expect_booked(const BatchAnswer& end, const std::string& document) {
        ASSERT_EQ(end.items.size(), 1U) << end.answer.reason;
        EXPECT_EQ(end.items[0].kind, AnswerKind::kDelivered) << end.items[0].reason;
        EXPECT_EQ(end.items[0].document, document);
        EXPECT_FALSE(end.items[0].difference);
    }

    DestinationConfig config_;
    fakes::SeededRandom random_{5};
    std::vector<std::string> asked_;
};

const std::string kNothing = R"({"id":1,"result":[]})";
const std::string kNull = R"({"id":1,"result":null})";
std::string sale(const std::string& state) {
    return R"({"id":1,"result":[{"id":7,"state":")" + state +
           R"(","number":"17","total_amount":{"__class__":"Decimal","decimal":"2.10"}}]})";
}

TEST_F(ShippedSteps, TrytonGetsASaleAndAMemberWhomItDidNotKnow) {
    std::map<std::string, std::string> answers{{"find", kNothing},
                                               {"shop", R"({"result":[{"id":1,"company":1,"currency":1}]})"},
                                               {"articles", R"({"result":[{"id":3,"code":"a","sale_uom":1}]})"},
                                               {"customer", kNothing},
                                               {"make_customer", R"({"result":[4]})"},
                                               {"customer_made", R"({"result":[{"id":4,"addresses":[5]}]})"},
                                               {"create", R"({"result":[7]})"},
                                               {"quote", kNull},
                                               {"confirm", kNull},
                                               {"booked", sale("done")}};
    expect_booked(run("tryton", answers), "17");
    EXPECT_THAT(asked_, ElementsAre("find", "shop", "articles", "customer", "make_customer", "customer_made", "create",
                                    "quote", "confirm", "booked"));

    answers["create"] = R"({"error":["UserError",["The web ID on the sale must be unique.","",null]]})";
    answers["found_after_all"] = sale("done");
    expect_booked(run("tryton", answers), "17");
    EXPECT_EQ(asked_.back(), "found_after_all");
    answers["found_after_all"] = kNothing;
    const auto refused = run("tryton", answers);
    EXPECT_EQ(refused.answer.kind, AnswerKind::kRejected);
    EXPECT_THAT(refused.answer.reason, HasSubstr("must be unique"));
}

TEST_F(ShippedSteps, TrytonGoesOnWhereAnAttemptBrokeOff) {
    const std::map<std::string, std::string> rest{
        {"quote", kNull}, {"confirm", kNull}, {"process", kNull}, {"booked", sale("done")}};
    const std::map<std::string, std::vector<std::string>> roads{{"draft", {"find", "quote", "confirm", "booked"}},
                                                                {"quotation", {"find", "confirm", "booked"}},
                                                                {"confirmed", {"find", "process"}},
                                                                {"done", {"find"}}};
    for (const auto& [state, road] : roads) {
        auto answers = rest;
        answers["find"] = sale(state);
        expect_booked(run("tryton", answers), "17");
        EXPECT_EQ(asked_, road) << state;
    }
    const auto troubled = run("tryton", {{"find", R"({"error":["OperationalError","..."]})"}});
    EXPECT_EQ(troubled.items.at(0).kind, AnswerKind::kAgain);
}

const std::string kNoOrder =
    R"({"data":{"orders":{"items":[]},"productVariants":{"items":[{"id":"9","sku":"till"}]}}})";
const std::string kDone = R"({"data":{}})";
std::string orders(const std::string& items) {
    return R"({"data":{"orders":{"items":[)" + items + R"(]},"productVariants":{"items":[{"id":"9","sku":"till"}]}}})";
}

TEST_F(ShippedSteps, VendureGetsAnOrderAndKeepsNoDraft) {
    std::map<std::string, std::string> answers{
        {"find", orders(R"({"id":"1","code":"A","state":"Draft"})")},
        {"clean", kDone},
        {"create", R"({"data":{"createDraftOrder":{"id":"2"}}})"},
        {"receipt", kDone},
        {"lines", R"({"data":{"l0":{"__typename":"Order"}}})"},
        {"pay", R"({"data":{"paid":{"__typename":"Order","code":"B","state":"PaymentSettled","totalWithTax":210}}})"}};
    expect_booked(run("vendure", answers), "B");
    EXPECT_THAT(asked_, ElementsAre("find", "clean", "create", "receipt", "lines", "pay"));

    answers["lines"] = R"({"data":{"l0":{"errorCode":"ORDER_LIMIT_ERROR","message":"too many"}}})";
    answers["clean_after_all"] = kDone;
    const auto refused = run("vendure", answers);
    EXPECT_EQ(refused.answer.kind, AnswerKind::kRejected);
    EXPECT_EQ(asked_.back(), "clean_after_all");

    answers["find"] = kNoOrder;
    answers["receipt"] = R"({"errors":[{"message":"duplicate key value violates unique constraint \"UQ_05\""}]})";
    answers["found_after_all"] =
        orders(R"({"id":"2","code":"C","state":"Draft"},{"id":"1","code":"A","state":"PaymentSettled"})");
    expect_booked(run("vendure", answers), "A");
    EXPECT_EQ(asked_.back(), "clean_after_all");
}

TEST_F(ShippedSteps, VendureGoesOnWhereAnAttemptBrokeOff) {
    expect_booked(run("vendure", {{"find", orders(R"({"id":"1","code":"A","state":"PaymentSettled"})")}}), "A");
    expect_booked(
        run("vendure", {{"find", orders(R"({"id":"1","code":"A","state":"ArrangingPayment"})")},
                        {"pay", R"({"data":{"paid":{"code":"A","state":"PaymentSettled","totalWithTax":210}}})"}}),
        "A");
    const auto forbidden =
        run("vendure", {{"find", R"({"errors":[{"extensions":{"code":"FORBIDDEN"}}],"data":null})"}});
    EXPECT_EQ(forbidden.answer.kind, AnswerKind::kUnauthorised);
}

}  // namespace
}  // namespace tillkeeper::sync
