// Several requests for one transaction: what the program may ask for, and a system that has them found, made and paid.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "sync/steps.h"
#include "tests/fakes/request_header.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using fakes::header_of;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One program, one transaction, no network.
class OneStep : public ::testing::Test {
  protected:
    [[nodiscard]] storage::Entry entry() const {
        storage::Entry entry;
        entry.number = 1;
        entry.till = "t1";
        entry.transaction_id = "s1";
        entry.body = body_;
        entry.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        return entry;
    }
    // The reason why there is no request, or "".
    std::string begin(const std::string& program) {
        if (!steps_ || config_.steps != program) {
            config_.name = "erp";
            config_.kind = DestinationKind::kSteps;
            config_.url = "https://erp.example/api";
            config_.steps = program;
            auto made = Steps::make(config_, "0042");
            EXPECT_TRUE(made);
            steps_.emplace(std::move(*made));
        }
        const auto begun = steps_->begin(entry(), document_, attempt_, random_);
        return begun ? "" : begun.error().message;
    }
    // The same for a program that asks for just this.
    std::string ask_for(const std::string& request) {
        body_ = R"({"id":"s1","ask":)" + request + "}";
        return begin("{request: .transaction.ask}");
    }
    std::optional<BatchAnswer> hear(const HttpResponse& response) {
        return steps_->go_on(entry(), response, attempt_, fakes::FakeClock::kStart, random_);
    }

    std::string body_ = R"({"id":"s1","total":1530})";
    std::string document_;  // that the journal knows
    DestinationConfig config_;
    std::optional<Steps> steps_;
    StepsAttempt attempt_;
    fakes::SeededRandom random_{3};
};

// [sync-17]
TEST_F(OneStep, is_what_the_program_says) {
    ASSERT_EQ(begin(R"J({request: {name: "book", method: "PUT", path: ("/sales/" + .transaction.id + "?a=b"),
                        headers: {"X-Api": "2", "Content-Type": "application/vnd.x+json"}, body: {total: .transaction.total}}})J"),
              "");
    const auto& request = attempt_.request;
    EXPECT_EQ(request.method, "PUT");
    EXPECT_EQ(request.url, "https://erp.example/api/sales/s1?a=b");
    EXPECT_EQ(request.body, R"({"total":1530})");
    EXPECT_EQ(header_of(request, "idempotency-key"), "s1/book");
    EXPECT_EQ(header_of(request, "x-api"), "2");
    EXPECT_EQ(header_of(request, "content-type"), "application/vnd.x+json");
    EXPECT_THAT(header_of(request, "traceparent"), ::testing::StartsWith("00-0af7651916cd43dd8448eb211c80319c-"));
    EXPECT_EQ(begin(R"({request: {name: "find"}})"), "");
    EXPECT_EQ(attempt_.request.method, "GET");
    EXPECT_EQ(attempt_.request.url, "https://erp.example/api");
    EXPECT_EQ(attempt_.request.body, "");
    EXPECT_EQ(begin(R"({request: {name: "form", headers: {"content-type": "application/x-www-form-urlencoded"},
                        body: "a=b"}})"),
              "");
    EXPECT_EQ(attempt_.request.method, "POST");
    EXPECT_EQ(attempt_.request.body, "a=b");
}

TEST_F(OneStep, leaves_neither_the_server_nor_the_request) {
    const std::string long_text(5000, 'x');
    for (const char* path :
         {".evil.example/", "@evil.example/", ":99/", "/a b", "/a\\r\\nHost: b", "/a#b", "\\\\\\\\evil", "/ü"})
        EXPECT_THAT(ask_for(R"({"name":"a","path":")" + std::string(path) + "\"}"), HasSubstr("path")) << path;
    EXPECT_THAT(ask_for(R"({"name":"a","path":"/)" + long_text + "\"}"), HasSubstr("path"));
    std::string many = R"("x0":"y")";
    for (int i = 1; i < 17; ++i) many += ",\"x" + std::to_string(i) + R"(":"y")";
    for (const std::string& header :
         {std::string(R"("Authorization":"Bearer x")"), std::string(R"("host":"b")"),
          std::string(R"("Content-Length":"3")"), std::string(R"("proxy-x":"b")"), std::string(R"("a b":"c")"),
          std::string(R"("":"c")"), std::string(R"("a":"b\r\nc: d")"), std::string(R"("a":7)"),
          R"("a":")" + long_text + '"', many, std::string(R"("Idempotency-Key":"mine")")})
        EXPECT_THAT(ask_for(R"({"name":"a","headers":{)" + header + "}}"), HasSubstr("header")) << header;
    EXPECT_THAT(ask_for(R"({"path":"/a"})"), HasSubstr("name"));
    EXPECT_THAT(ask_for(R"({"name":"A/B"})"), HasSubstr("name"));
    EXPECT_THAT(ask_for(R"({"name":"a","method":"CONNECT"})"), HasSubstr("method"));
    EXPECT_EQ(ask_for(R"({"name":"a","path":"/a?b=c&d=%20","headers":{"x-y":"z 1"}})"), "");
}

TEST_F(OneStep, holds_what_asks_for_nothing) {  // [sync-6]
    EXPECT_EQ(begin(R"({outcome: "rejected", reason: "no such customer"})"), "no such customer");
    EXPECT_THAT(begin(R"({outcome: "delivered"})"), HasSubstr("no request")) << "nobody was asked";
    EXPECT_THAT(begin("error(\"why\")"), HasSubstr("why"));
    EXPECT_THAT(begin("7"), HasSubstr("no request"));
}

TEST_F(OneStep, hears_what_speaks_about_the_content_and_nothing_else) {
    const std::string program = R"J(if .answers == {} then {request: {name: "a"}}
        else {outcome: "rejected", reason: "\(.answers.a.status) \(.answers.a.body)"} end)J";
    for (const int status : {200, 201, 204, 400, 403, 404, 409, 410, 422}) {
        ASSERT_EQ(begin(program), "");
        const auto end = hear(fakes::http_answer(status, R"({"x":1})"));
        ASSERT_TRUE(end);
        EXPECT_EQ(end->answer.kind, AnswerKind::kRejected);
        EXPECT_EQ(end->answer.reason, std::to_string(status) + R"( {"x":1})");
    }
    for (const int status : {302, 401, 408, 425, 429, 500, 503}) {
        ASSERT_EQ(begin(program), "");
        const auto end = hear(fakes::http_answer(status, "", {{"retry-after", "7"}}));
        ASSERT_TRUE(end);
        EXPECT_EQ(end->answer.kind, status == 401 ? AnswerKind::kUnauthorised : AnswerKind::kAgain) << status;
        EXPECT_THAT(end->answer.reason, HasSubstr("request a"));
    }
    ASSERT_EQ(begin(program), "");
    EXPECT_EQ(hear(fakes::http_failure(TransportFailure::kTimeout))->answer.kind, AnswerKind::kAgain);
    ASSERT_EQ(begin(program), "");
    EXPECT_EQ(hear(fakes::http_answer(200, "<html>"))->answer.reason, "200 <html>") << "what is no JSON is a text";
}

TEST_F(OneStep, comes_to_an_end) {
    ASSERT_EQ(begin(R"({request: {name: "again"}})"), "");
    unsigned asked = 1;
    std::optional<BatchAnswer> end;
    while (!(end = hear(fakes::http_answer(200, "{}")))) ++asked;
    EXPECT_EQ(asked, kStepsMax);
    EXPECT_EQ(end->answer.kind, AnswerKind::kAgain);
    EXPECT_TRUE(end->answer.suspicious);
    ASSERT_EQ(begin(R"J({request: {name: "page-\(.answers | length)"}})J"), "");
    const std::string large = '"' + std::string(900'000, 'x') + '"';
    for (asked = 0; !(end = hear(fakes::http_answer(200, large))); ++asked) continue;
    EXPECT_EQ(asked, 2U);
    EXPECT_THAT(end->answer.reason, HasSubstr("too large"));
}

TEST_F(OneStep, ends_as_the_program_says) {
    const auto end = [&](const std::string& said) {
        EXPECT_EQ(begin("if .answers == {} then {request: {name: \"a\"}} else " + said + " end"), "");
        return hear(fakes::http_answer(200, "{}")).value();
    };
    const auto delivered = end(R"({outcome: "delivered", document: "SO 17"})");
    ASSERT_THAT(delivered.items, SizeIs(1));
    EXPECT_EQ(delivered.items[0].kind, AnswerKind::kDelivered);
    EXPECT_EQ(delivered.items[0].document, "SO 17");
    EXPECT_EQ(end(R"({outcome: "duplicate", document: 17})").items.at(0).document, "17");
    EXPECT_EQ(end(R"({outcome: "again"})").items.at(0).kind, AnswerKind::kAgain);
    EXPECT_EQ(end(R"({outcome: "unauthorised"})").answer.kind, AnswerKind::kUnauthorised);
    EXPECT_EQ(end(R"({outcome: "rejected"})").answer.kind, AnswerKind::kRejected);
    for (const char* unclear : {"{}", "null", "[]", R"({outcome: "Delivered"})"})
        EXPECT_EQ(end(unclear).items.at(0).kind, AnswerKind::kAgain) << unclear << " delivers nothing";
    EXPECT_TRUE(end(R"J(error("why"))J").answer.suspicious);
    EXPECT_TRUE(end(R"({request: {name: "a", path: "b"}})").answer.suspicious);
}

TEST_F(OneStep, remembers_a_document_beside_a_request) {  // [sync-18]
    const std::string program = R"J({request: {name: "a", path: "/\(.document)"}, document: .transaction.number})J";
    const auto remembers = [&](const std::string& known, const std::string& number) {
        document_ = known;
        body_ = R"({"id":"s1","number":)" + number + "}";
        EXPECT_EQ(begin(program), "");
        EXPECT_EQ(attempt_.request.url, "https://erp.example/api/" + (known.empty() ? "null" : known));
        return attempt_.to_remember;
    };
    EXPECT_EQ(remembers("", R"("D7")"), "D7");
    EXPECT_EQ(attempt_.document, "D7");
    EXPECT_EQ(remembers("", "17"), "17");
    EXPECT_EQ(remembers("D7", R"("D7")"), "") << "it is on disk already";
    EXPECT_EQ(remembers("D7", "null"), "");
    EXPECT_EQ(attempt_.document, "D7") << "silence forgets nothing";
    for (const char* no_number : {R"("a\nb")", R"("")", R"(" x")", R"({"a":1})", "[1]", "true"})
        EXPECT_EQ(remembers("", no_number), "") << no_number;
    EXPECT_EQ(remembers("", '"' + std::string(65, 'x') + '"'), "");
}

// An order system with a call for each thing: orders are found by their receipt, made, and paid.
class OrderSystem : public DestinationWorld {
  protected:
    struct Order {
        std::string id;
        std::string receipt;
        int payments = 0;
    };
    OrderSystem() {
        http.respond = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
            ++attempts;
            if (trouble) {
                auto answer = trouble(request, false);
                if (answer) return answer;
            }
            auto answer = answered(request);
            if (trouble)
                if (auto lost = trouble(request, true)) return lost;
            return answer;
        };
    }
    // As shipped.
    static std::string program() {
        std::ifstream file(TILLKEEPER_STEPS_EXAMPLES "/find-create-pay.jq");
        return {std::istreambuf_iterator<char>(file), {}};
    }
    Destination& open_orders(const std::string& steps = program()) {
        auto made = config("oms");
        made.kind = DestinationKind::kSteps;
        made.url = "https://oms.example";
        made.steps = steps;
        return open(std::move(made));
    }
    HttpResponse answered(const HttpRequest& request) {
        const auto path = request.url.substr(std::string("https://oms.example").size());
        if (path.starts_with("/orders?receipt=")) {
            const auto* order =
                hidden_from_search > 0 && hidden_from_search-- > 0 ? nullptr : by_receipt(path.substr(16));
            if (order == nullptr) return fakes::http_answer(200, "[]");
            return fakes::http_answer(
                200, R"([{"id":")" + order->id + R"(","paid":)" + (order->payments > 0 ? "true" : "false") + "}]");
        }
        if (path == "/orders") {
            const auto receipt = request.body.substr(12, request.body.find('"', 12) - 12);
            if (by_receipt(receipt) != nullptr) return already_there;
            orders.push_back({"O" + std::to_string(orders.size() + 1), receipt});
            return fakes::http_answer(201, R"({"order":{"id":")" + orders.back().id + R"(","paid":false}})");
        }
        for (auto& order : orders)
            if (path == "/orders/" + order.id + "/payments") {
                if (order.payments > 0) return fakes::http_answer(409, "{}");
                ++order.payments;
                return fakes::http_answer(201, "{}");
            }
        return fakes::http_answer(404, "{}");
    }
    Order* by_receipt(const std::string& receipt) {
        for (auto& order : orders)
            if (order.receipt == receipt) return &order;
        return nullptr;
    }
    void expect_each_sale_ordered_and_paid_once(std::int64_t sales) {
        EXPECT_EQ(std::ssize(orders), sales);
        for (const auto& order : orders) EXPECT_EQ(order.payments, 1) << order.receipt;
        EXPECT_EQ(journal.cursor("oms"), sales);
        EXPECT_THAT(journal.rows("oms"), IsEmpty());
        for (storage::JournalNumber number = 1; number <= sales; ++number) {
            const auto* order = by_receipt("s" + std::to_string(number - 1));
            const auto booked = journal.bookings(number).value();
            ASSERT_NE(order, nullptr);
            ASSERT_THAT(booked, SizeIs(1)) << number;
            EXPECT_EQ(booked.front().document, order->id);
        }
    }

    std::vector<Order> orders;
    HttpResponse already_there = fakes::http_answer(409, R"({"error":"duplicate"})");
    int hidden_from_search = 0;  // so often a search does not find what is there yet
    // Before and after (`done`) a request has had its effect.
    std::function<std::optional<HttpResponse>(const HttpRequest&, bool done)> trouble;
};

TEST_F(OrderSystem, takes_each_sale_once) {  // [sync-4] [sync-12] [sync-17]
    sell_many(20);
    open_orders();
    run(60 * kSecond);
    expect_each_sale_ordered_and_paid_once(20);
    EXPECT_EQ(attempts, 60U) << "find, create, pay";
}

// How systems say that they have it: each was seen at a real one. What is said to be there is looked up before it
// counts.
TEST_F(OrderSystem, a_duplicate_counts_once_it_has_been_looked_up) {
    const std::vector<HttpResponse> forms{
        fakes::http_answer(409, R"({"error":"duplicate"})"),
        fakes::http_answer(400, R"({"errorCode":"RECORD_NOT_UNIQUE","errorMessage":"Record already exists"})"),
        fakes::http_answer(200, R"({"error":["UserError",["The web ID on the sale must be unique.",""]]})"),
        fakes::http_answer(200,
                           R"({"errors":[{"message":"duplicate key value violates unique constraint \"UQ_8b\""}]})"),
        fakes::http_answer(422, R"({"code":"idempotency_key_reused"})"),
    };
    open_orders();
    for (std::size_t i = 0; i < forms.size(); ++i) {
        already_there = forms[i];
        orders.push_back({"O" + std::to_string(i + 1), "s" + std::to_string(i)});
        hidden_from_search = 1;  // another of the system's machines made it a moment ago
        sell("s" + std::to_string(i));
        wake_all();
        run(10 * kSecond);
        EXPECT_EQ(hidden_from_search, 0);
    }
    expect_each_sale_ordered_and_paid_once(std::ssize(forms));
}

TEST_F(OrderSystem, a_duplicate_that_is_not_found_is_held_with_its_words) {  // [sync-6]
    orders.push_back({"O1", "s0"});
    hidden_from_search = 2;
    sell("s0"), sell("s1");
    open_orders();
    run(10 * kSecond);
    ASSERT_THAT(journal.rows("oms"), SizeIs(1));
    EXPECT_THAT(journal.rows("oms").front().reason, HasSubstr("duplicate"));
    EXPECT_EQ(by_receipt("s1")->payments, 1) << "all else flows";
}

TEST_F(OrderSystem, a_sale_that_the_program_cannot_bring_to_an_end_holds_up_nobody_for_ever) {  // [sync-6]
    sell("s0", "t1"), sell("s1", "t2"), sell("s2", "t3");
    open_orders(
        "if .transaction.id == \"s1\" then {request: {name: \"round\", path: \"/orders?receipt=s1\"}} else (\n" +
        program() + "\n) end");
    for (int i = 0; i < 30; ++i) {
        sell("more" + std::to_string(i), "t3");
        wake_all();
        run(60 * kSecond);
    }
    EXPECT_EQ(by_receipt("s0")->payments, 1);
    EXPECT_EQ(by_receipt("s2")->payments, 1);
    ASSERT_THAT(journal.rows("oms"), SizeIs(1));
    EXPECT_THAT(journal.rows("oms").front().reason, HasSubstr("only this one fails"));
}

// Systems without tokens: the same secret with each request, whatever the program says.
TEST_F(OrderSystem, a_key_goes_with_each_request_and_a_refused_one_is_a_matter_of_the_login) {
    std::string right = "k2";
    http.respond = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        const auto keys = std::ranges::count(request.headers, "x-api-key", [](const auto& h) { return h.first; });
        EXPECT_EQ(keys, 1);
        const auto key = std::ranges::find(request.headers, "x-api-key", [](const auto& h) { return h.first; });
        if (key->second == right) return answered(request);
        return fakes::http_answer(200, R"({"errors":[{"extensions":{"code":"FORBIDDEN"}}]})");
    };
    auto made = config("oms");
    made.kind = DestinationKind::kSteps;
    made.url = "https://oms.example";
    made.steps = R"(if (.answers.find.body | type) == "object" then {outcome: "unauthorised"} else ()" + program() +
                 R"() end | if .request then .request.headers = {"X-API-Key": "k0"} else . end)";
    made.oauth.secret_header = {{"x-api-key", "k1"}};
    auto& oms = open(std::move(made));
    sell("s0");
    wake_all();
    run(10 * kSecond);
    EXPECT_EQ(oms.status().cause, "login");
    EXPECT_THAT(journal.rows("oms"), IsEmpty());
    right = "k1";
    run(60 * kSecond);
    expect_each_sale_ordered_and_paid_once(1);
}

// A system that gives a number to a draft before anybody can say what it is for: nobody finds it by the receipt.
class DraftSystem : public DestinationWorld {
  protected:
    static constexpr const char* kProgram = R"J(
        .transaction as $t | .answers as $a | ($a.create.body.id // .document) as $draft
        | if $draft == null then {request: {name: "create", path: "/drafts", body: {}}}
          elif $a.name == null then
            {document: $draft, request: {name: "name", method: "PUT", path: "/drafts/\($draft)", body: $t.id}}
          else {outcome: "delivered", document: $draft} end)J";

    DraftSystem() {
        http.respond = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
            if (request.method == "POST") {
                drafts.emplace_back();
                return fakes::http_answer(201, R"({"id":"D)" + std::to_string(drafts.size()) + "\"}");
            }
            const std::string draft = request.url.substr(request.url.rfind('/') + 1);
            known_when_named = journal.bookings(1).value();
            if (fails_to_name-- > 0) return fakes::http_failure(TransportFailure::kTimeout);
            drafts.at(std::stoul(draft.substr(1)) - 1) = request.body;
            return fakes::http_answer(200, "{}");
        };
    }
    void open_drafts() {
        auto made = config("oms");
        made.kind = DestinationKind::kSteps;
        made.url = "https://oms.example";
        made.steps = kProgram;
        open(std::move(made));
    }

    std::vector<std::string> drafts;  // the receipt of each, "" for an orphan
    std::vector<storage::Booking> known_when_named;
    int fails_to_name = 0;
};

TEST_F(DraftSystem, a_step_is_on_disk_before_the_next_one_leaves) {  // [sync-18]
    sell("s1");
    open_drafts();
    run(10 * kSecond);
    EXPECT_THAT(drafts, ElementsAre("s1"));
    ASSERT_THAT(known_when_named, SizeIs(1));
    EXPECT_EQ(known_when_named.front().document, "D1");
    EXPECT_EQ(journal.cursor("oms"), 1);
}

TEST_F(DraftSystem, neither_a_failure_nor_a_crash_half_way_leaves_an_orphan) {  // [sync-18]
    fails_to_name = 8;
    sell("s1");
    open_drafts();
    for (int kill = 0; kill < 4; ++kill) {
        run(20 * kSecond);
        restart();
    }
    run(kHour);
    EXPECT_THAT(drafts, ElementsAre("s1"));
    EXPECT_EQ(journal.cursor("oms"), 1);
}

TEST_F(DraftSystem, a_full_disk_remembers_nothing_and_stops_nothing) {  // [storage-8]
    sell("s1");
    journal.full = true;
    open_drafts();
    run(10 * kSecond);
    EXPECT_THAT(drafts, ElementsAre("s1"));
    EXPECT_THAT(known_when_named, IsEmpty());
}

class OrderSystemInTrouble : public OrderSystem, public ::testing::WithParamInterface<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, OrderSystemInTrouble, ::testing::Range<std::uint64_t>(1, 11));

// Requests and answers are lost, the service fails, the program is killed: at any step.
TEST_P(OrderSystemInTrouble, takes_each_sale_once) {  // [sync-4] [sync-17]
    fakes::SeededRandom chance(GetParam());
    trouble = [&](const HttpRequest&, bool done) -> std::optional<HttpResponse> {
        if (chance.below(4) != 0) return std::nullopt;
        if (done || chance.below(2) == 0) return fakes::http_failure(TransportFailure::kTimeout);
        return fakes::http_answer(chance.below(2) == 0 ? 503 : 429);
    };
    sell_many(12);
    open_orders();
    for (int kill = 0; kill < 6; ++kill) {
        run(std::chrono::milliseconds(chance.below(3000)));
        restart();
    }
    trouble = nullptr;
    run(kHour);
    expect_each_sale_ordered_and_paid_once(12);
}

}  // namespace
}  // namespace tillkeeper::sync
