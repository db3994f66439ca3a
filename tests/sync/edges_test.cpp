// Login, mapping and answers at a destination's edges.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <sstream>

#include "sync/jq_program.h"
#include "sync/oauth_client.h"
#include "sync/request_builder.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string example(const std::string& name) {
    std::ifstream file(std::string(TILLKEEPER_EXAMPLES) + "/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string mapped(const std::string& name, const std::string& transaction) {
    static std::map<std::string, Result<JqProgram>> programs;  // compiling one takes longer than all of its runs
    auto place = programs.find(name);
    if (place == programs.end()) place = programs.emplace(name, JqProgram::compile(example(name), name)).first;
    if (!place->second) return place->second.error().message;
    auto output = place->second->run(R"({"store":"0042","till":"t7","number":1,"transaction":)" + transaction + "}");
    return output ? *output : output.error().message;
}

constexpr auto kSale = R"({"id":"a","type":"sale","occurred_at":"2026-11-20T10:42:07+01:00","business_day":"2026-11-20",
  "currency":"EUR","receipt":"r1","total":1530,"member_id":"17850","taxes":[{"rate":"20.0","amount":255}],
  "lines":[{"sku":"x","quantity":6,"amount":1530}],"tenders":[{"type":"card","amount":1530}]})";
constexpr auto kReturn = R"({"id":"b","type":"return","occurred_at":"2026-11-20T10:42:07+01:00","refers_to":"a",
  "total":-500,"lines":[{"sku":"x","quantity":-2,"amount":-500}],"tenders":[{"type":"cash","amount":-500}]})";
constexpr auto kCash = R"({"id":"c","type":"cash_movement","occurred_at":"2026-11-20T10:42:07+01:00"})";

TEST(Mapping, erp_posts_balanced_documents) {
    EXPECT_THAT(mapped("erp.jq", kSale),
                HasSubstr(R"("postings":[{"account":"tender:card","side":"debit","amount":1530},)"
                          R"({"account":"revenue","side":"credit","amount":1275},)"
                          R"({"account":"tax:20.0","side":"credit","amount":255}])"));
    EXPECT_THAT(mapped("erp.jq", kReturn),
                HasSubstr(R"("postings":[{"account":"tender:cash","side":"credit","amount":500},)"
                          R"({"account":"revenue","side":"debit","amount":500}],"refers_to":"a")"));
    EXPECT_THAT(mapped("erp.jq", kCash),
                HasSubstr(R"("business_day":"2026-11-20","currency":null,"total":0,"postings":[])"));
}

TEST(Mapping, oms_gets_lines_and_returns) {
    EXPECT_EQ(mapped("oms.jq", kReturn), R"({"order_reference":"b","kind":"return","receipt":null,"lines":[],)"
                                         R"("returns":[{"sku":"x","quantity":2,"amount":500}],"refers_to":"a"})");
}

TEST(Mapping, void_exchange_and_what_has_no_total) {
    const auto transaction = [](const std::string& type, const std::string& rest) {
        return R"({"id":"v","type":")" + type + R"(","occurred_at":"2026-11-20T10:42:07+01:00")" + rest + "}";
    };
    const auto voided =
        transaction("void", R"(,"refers_to":"a","total":-1530,"tenders":[{"type":"card","amount":-1530}],
        "lines":[{"sku":"x","quantity":-6,"amount":-1530}])");
    EXPECT_THAT(mapped("erp.jq", voided),
                HasSubstr(R"("postings":[{"account":"tender:card","side":"credit","amount":1530},)"
                          R"({"account":"revenue","side":"debit","amount":1530}],"refers_to":"a")"));
    EXPECT_THAT(mapped("oms.jq", voided),
                HasSubstr(R"("lines":[],"returns":[{"sku":"x","quantity":6,"amount":1530}],"refers_to":"a")"));
    const auto exchange = transaction("exchange", R"(,"total":200,"tenders":[{"type":"cash","amount":200}],
        "lines":[{"sku":"old","quantity":-1,"amount":-300},{"sku":"new","quantity":1,"amount":500}])");
    EXPECT_THAT(mapped("oms.jq", exchange), HasSubstr(R"("lines":[{"sku":"new","quantity":1,"amount":500}],)"
                                                      R"("returns":[{"sku":"old","quantity":1,"amount":300}])"));
    EXPECT_THAT(mapped("erp.jq", exchange), HasSubstr(R"("account":"revenue","side":"credit","amount":200})"));
    const auto cash = transaction("cash_movement", R"(,"total":-10000,"tenders":[{"type":"cash","amount":-10000}])");
    EXPECT_THAT(mapped("erp.jq", cash), HasSubstr(R"({"account":"cash_in_transit","side":"debit","amount":10000}])"));
    const auto opened = transaction("till_opened", "");
    EXPECT_THAT(mapped("erp.jq", opened), HasSubstr(R"("document_type":"till_opened")"));
    EXPECT_THAT(mapped("erp.jq", opened), HasSubstr(R"("total":0,"postings":[]})"));
    EXPECT_THAT(mapped("oms.jq", opened), HasSubstr(R"("lines":[],"returns":[],"refers_to":null)"));
    EXPECT_THAT(mapped("crm.jq", opened), HasSubstr(R"("points_base":0)"));
}

TEST(Mapping, crm_gets_points_for_members_only) {
    EXPECT_THAT(mapped("crm.jq", kSale), HasSubstr(R"("member_id":"17850")"));
    EXPECT_THAT(mapped("crm.jq", kSale), HasSubstr(R"("points_base":1530)"));
    EXPECT_THAT(mapped("crm.jq", kReturn), HasSubstr(R"("member_id":null,"kind":"return")"));
    EXPECT_THAT(mapped("crm.jq", kCash), HasSubstr(R"("points_base":0)"));
}

TEST(JqProgram, says_what_is_wrong) {
    const auto program = JqProgram::compile(".a |\n| nonsense(", "erp.mapping");
    ASSERT_FALSE(program);
    EXPECT_THAT(program.error().message, HasSubstr("erp.mapping: "));
    EXPECT_THAT(program.error().message, HasSubstr("line 2"));
    auto failing = JqProgram::compile(".a + error(\"no member\")", "x");
    EXPECT_EQ(failing->run("{}").error().message, "no member");
    EXPECT_FALSE(failing->run("{\"a\":").has_value());
    EXPECT_FALSE(JqProgram::compile("empty", "x")->run("{}").has_value());
    EXPECT_EQ(JqProgram::compile("[range(200000)]", "x")->run("{}").error().code, ErrorCode::kLimit);
    EXPECT_EQ(JqProgram::compile(".a", "x")->run("{\"a\":[1,2.5]}").value(), "[1,2.5]");
}

TEST(JqProgram, only_the_first_output_counts_however_many_there_are) {
    auto endless = JqProgram::compile("repeat(.)", "x");
    ASSERT_TRUE(endless);
    EXPECT_EQ(endless->run("{\"a\":1}").value(), "{\"a\":1}");
    EXPECT_EQ(endless->run("2").value(), "2") << "what was left over is gone";
    const std::string most(kJqOutputBytesMax - 2, 'x');
    auto as_it_is = JqProgram::compile(".", "x");
    EXPECT_EQ(as_it_is->run("\"" + most + "\"").value().size(), kJqOutputBytesMax);
    EXPECT_EQ(as_it_is->run("\"" + most + "x\"").error().code, ErrorCode::kLimit);
}

TEST_F(DestinationWorld, a_mapping_that_fails_on_one_holds_that_one) {  // [sync-6]
    sell("good"), sell("bad"), sell("fine");
    auto made = config();
    made.mapping = R"(if .transaction.id == "bad" then error("no such article") else .transaction end)";
    open(made);
    run(5 * kSecond);
    EXPECT_THAT(delivered("erp"), ElementsAre("fine", "good"));
    ASSERT_THAT(journal.rows("erp"), SizeIs(1));
    EXPECT_EQ(journal.rows("erp")[0].reason, "the mapping failed: no such article");
}

TEST_F(DestinationWorld, proof_by_item) {  // [sync-4]
    sell("a", "t1"), sell("b", "t2"), sell("c", "t3");
    bool named = false;
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        if (named) return {};
        std::string items;
        for (const auto& id : got.ids)
            if (id != "c")
                items += (items.empty() ? "" : ",") + (R"({"id":")" + id + R"(","outcome":")") +
                         (id == "a" ? "delivered" : "rejected") + "\"}";
        return fakes::http_answer(200, "{\"items\":[" + items + "]}");
    };
    auto made = config();
    made.proof_by_item = true;
    open(made);
    run(30 * kSecond);
    EXPECT_EQ(journal.cursor("erp"), 2) << "c was never named";
    EXPECT_THAT(journal.rows("erp"), SizeIs(1));
}

TEST_F(DestinationWorld, a_lost_answer_means_the_same_key_again) {  // [sync-4]
    sell("a");
    std::vector<std::string> keys;
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        keys.push_back(got.key);
        if (keys.size() < 3) return fakes::http_failure(TransportFailure::kBroken);
        return {};
    };
    open();
    run(10 * kSecond);
    EXPECT_THAT(keys, ElementsAre("a", "a", "a"));
}

TEST_F(DestinationWorld, one_that_hangs_does_not_delay_another_and_a_restart_goes_on) {  // [sync-4]
    open(config("erp"));
    open(config("crm"));
    fault = [&](const auto& name, const auto&) -> std::optional<HttpResponse> {
        if (name == "erp") return fakes::http_answer(-1);  // never answers
        return {};
    };
    sell_many(500);
    wake_all();
    run(5 * kSecond);
    EXPECT_THAT(delivered("crm"), SizeIs(500));
    EXPECT_THAT(delivered("erp"), IsEmpty());
    fault = nullptr;
    const auto crm_requests = received["crm"].size();
    restart();
    run(5 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(500));
    EXPECT_EQ(received["crm"].size(), crm_requests) << "it starts behind its stored cursor";
}

TEST_F(DestinationWorld, a_refused_token_is_renewed_once) {
    int tokens = 0;
    std::string accepted = "Bearer token-1";
    const auto cloud = http.respond;
    http.respond = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (request.url != "https://login.example/token") return cloud(request);
        ++tokens;
        return fakes::http_answer(200,
                                  R"({"access_token":"token-)" + std::to_string(tokens) + R"(","expires_in":3600})");
    };
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        if (got.authorization == accepted) return {};
        return fakes::http_answer(401);
    };
    auto made = config();
    made.oauth.auth = ClientAuth::kClientSecretBasic;
    made.oauth.token_url = "https://login.example/token";
    made.oauth.client_id = "store";
    made.oauth.client_secret = "s";
    sell_many(800);
    auto& erp = open(made);
    run(5 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(800));
    EXPECT_EQ(tokens, 1);
    accepted = "Bearer token-2";
    sell_many(800, 4, "later");
    erp.wake();
    run(5 * kSecond);
    EXPECT_THAT(delivered("erp"), SizeIs(1600));
    EXPECT_EQ(tokens, 2);
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
}

TEST(OAuth, basic_encodes_before_it_joins) {
    EXPECT_EQ(form_encode("a b:%é"), "a+b%3A%25%C3%A9");
    EXPECT_EQ(basic_authorization("id:1", "s c"), "Basic aWQlM0ExOnMrYw==");
}

}  // namespace
}  // namespace tillkeeper::sync
