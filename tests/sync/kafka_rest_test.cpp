// Kafka by way of its REST Proxy: the records, what its answers mean, and what comes of a drain that goes wrong.
#include "sync/kafka_rest.h"

#include <gmock/gmock.h>

#include "tests/sync/destination_world.h"
#include "tests/sync/kafka_proxy.h"

namespace tillkeeper::sync {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

BatchAnswer read(const std::string& offsets, std::size_t sent = 1) {
    return read_kafka_answer(fakes::http_answer(200, R"({"offsets":[)" + offsets + "]}"), sent, "sales", WallTime());
}

std::string refused(int code) {
    return R"({"partition":null,"offset":null,"error_code":)" + std::to_string(code) + R"(,"error":"why"})";
}

constexpr const char* kTaken = R"({"partition":2,"offset":17,"error_code":null,"error":null})";

TEST(KafkaAnswer, says_where_each_record_is) {
    const auto answer = read(std::string(kTaken) + R"(, {"partition":0,"offset":0})", 2);
    EXPECT_EQ(answer.answer.kind, AnswerKind::kDelivered);
    ASSERT_THAT(answer.items, SizeIs(2));
    EXPECT_EQ(answer.items[0].document, "sales/2/17");
    EXPECT_EQ(answer.items[1].document, "sales/0/0");
    const auto lengthy = read_kafka_answer(fakes::http_answer(200, R"({"offsets":[{"partition":2,"offset":17}]})"), 1,
                                           std::string(249, 't'), WallTime());
    EXPECT_THAT(lengthy.items.at(0).document, AllOf(SizeIs(64), testing::EndsWith("t/2/17")));
}

TEST(KafkaAnswer, of_a_single_record_is_a_word_about_the_batch) {
    const auto kind = [](int code) { return read(refused(code)).answer.kind; };
    for (const int code : {1, 50002, 42201, 42202}) EXPECT_EQ(kind(code), AnswerKind::kRejected) << code;
    for (const int code : {2, 50003, 40401, 40403, 40801, 42901, 99, -1})
        EXPECT_EQ(kind(code), AnswerKind::kAgain) << code;
    for (const int code : {40101, 40301}) {
        EXPECT_EQ(kind(code), AnswerKind::kAgain) << code;
        EXPECT_EQ(read(refused(code)).answer.cause, "login") << code;
    }
    EXPECT_EQ(read(refused(1)).answer.reason, "Kafka error 1: why");
    EXPECT_FALSE(read(refused(50003)).answer.suspicious) << "Kafka says itself that the content is not at fault";
    EXPECT_TRUE(read(refused(99)).answer.suspicious);
    EXPECT_TRUE(read(refused(42901)).answer.too_many);
}

TEST(KafkaAnswer, tells_one_from_another_where_some_were_taken) {
    const auto answer = read(refused(2) + "," + kTaken + "," + refused(1) + "," + refused(40301), 4);
    ASSERT_THAT(answer.items, SizeIs(4));
    EXPECT_EQ(answer.items[0].kind, AnswerKind::kAgain);
    EXPECT_EQ(answer.items[1].kind, AnswerKind::kDelivered);
    EXPECT_EQ(answer.items[2].kind, AnswerKind::kRejected);
    EXPECT_EQ(answer.items[3].kind, AnswerKind::kAgain);
}

TEST(KafkaAnswer, that_takes_nothing_condemns_nobody) {  // [sync-6]
    const auto all = read(refused(1) + "," + refused(1), 2);
    EXPECT_EQ(all.answer.kind, AnswerKind::kRejected);
    EXPECT_THAT(all.items, IsEmpty());
    const auto some = read(refused(1) + "," + refused(2), 2);
    EXPECT_EQ(some.answer.kind, AnswerKind::kAgain) << "the one that may be taken later decides";
    EXPECT_THAT(some.items, IsEmpty());
}

TEST(KafkaAnswer, with_another_number_of_places_says_nothing) {  // [sync-4]
    const auto nothing = [](const BatchAnswer& answer) {
        return answer.answer.kind == AnswerKind::kAgain && answer.answer.suspicious && answer.items.empty();
    };
    EXPECT_TRUE(nothing(read(kTaken, 2)));
    EXPECT_TRUE(nothing(read(std::string(kTaken) + "," + kTaken, 1)));
    EXPECT_TRUE(nothing(read("", 1)));
    EXPECT_TRUE(nothing(read("{}", 1))) << "neither offset nor error";
    EXPECT_TRUE(nothing(read(R"({"partition":0,"offset":"17"})", 1)));
    for (const auto* body :
         {"", "<html>", "[]", R"({"offsets":null})", R"({"offsets":{"a":{"partition":0,"offset":1}}})"})
        EXPECT_TRUE(nothing(read_kafka_answer(fakes::http_answer(200, body), 1, "sales", WallTime()))) << body;
}

TEST(KafkaAnswer, for_the_request_is_that_of_any_service) {
    const auto kind = [](int status, const std::string& body) {
        return read_kafka_answer(fakes::http_answer(status, body), 1, "sales", WallTime()).answer.kind;
    };
    EXPECT_EQ(kind(404, R"({"error_code":40401,"message":"Topic not found."})"), AnswerKind::kAgain);
    EXPECT_EQ(kind(422, R"({"error_code":42205,"message":"schema"})"), AnswerKind::kRejected);
    EXPECT_EQ(kind(401, ""), AnswerKind::kUnauthorised);
    EXPECT_EQ(kind(500, R"({"error_code":50002,"message":"Kafka error"})"), AnswerKind::kAgain);
}

TEST(KafkaTopic, has_the_letters_that_Kafka_allows) {
    for (const auto* good : {"a", "Store.sales_v1-x", "..."}) EXPECT_TRUE(is_kafka_topic(good)) << good;
    EXPECT_TRUE(is_kafka_topic(std::string(249, 'a')));
    for (const auto* bad : {"", ".", "..", "a/b", "a b", "a?b"}) EXPECT_FALSE(is_kafka_topic(bad)) << bad;
    EXPECT_FALSE(is_kafka_topic(std::string(250, 'a')));
}

class Kafka : public DestinationWorld {
  protected:
    Kafka() {
        http.respond = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
            ++attempts;
            if (cut) return fakes::http_failure(TransportFailure::kNoRoute);
            auto answer = proxy.serve(request);
            if (!lose_answers) return answer;
            return fakes::http_failure(TransportFailure::kBroken);
        };
    }
    DestinationConfig kafka(EventFormat format = EventFormat::kStructured) {
        auto made = config("kafka");
        made.kind = DestinationKind::kKafkaRest;
        made.format = format;
        made.topic = "sales";
        made.lanes = 1;
        return made;
    }
    // Numbers of each till as they stand in the log for the first time.
    void expect_first_occurrences_in_order() {
        std::set<std::string> ids;
        std::map<std::string, storage::JournalNumber> last;
        for (const auto& record : proxy.log()) {
            const auto id = KafkaProxy::member(record, "id");
            EXPECT_EQ(record.key, till_of[id]);
            if (!ids.insert(id).second) continue;
            const auto number = journal.number_of(id)->value_or(0);
            EXPECT_GT(number, last[record.key]) << id;
            last[record.key] = number;
        }
    }
    [[nodiscard]] std::set<std::string> ids() const {
        std::set<std::string> found;
        for (const auto& record : proxy.log()) found.insert(KafkaProxy::member(record, "id"));
        return found;
    }

    KafkaProxy proxy{"sales"};
    bool lose_answers = false;
};

TEST_F(Kafka, gets_events_keyed_by_till_and_says_where_they_are) {  // [sync-4]
    sell_many(500, 5);
    open(kafka());
    run(10 * kSecond);
    EXPECT_THAT(proxy.complaints, IsEmpty());
    EXPECT_THAT(proxy.batches, ElementsAre(200, 200, 100));
    EXPECT_THAT(proxy.log(), SizeIs(500));
    EXPECT_THAT(ids(), SizeIs(500));
    expect_first_occurrences_in_order();
    EXPECT_EQ(journal.cursor("kafka"), 500);
    const auto booked = journal.bookings(1).value();
    ASSERT_THAT(booked, SizeIs(1));
    EXPECT_THAT(booked[0].document, AllOf(StartsWith("sales/"), testing::EndsWith("/0")));
    EXPECT_EQ(KafkaProxy::member(proxy.log().front(), "specversion"), "1.0");
}

TEST_F(Kafka, gets_what_a_mapping_makes_of_them) {
    sell("a"), sell("b");
    auto made = kafka(EventFormat::kPlain);
    made.mapping = ".transaction | {id, cents: .total, note: \"\\u00E9\\\"\"}";
    open(made);
    run(kSecond);
    ASSERT_THAT(proxy.log(), SizeIs(2));
    EXPECT_EQ(proxy.log()[0].value, "{\"id\":\"a\",\"cents\":1530,\"note\":\"\u00E9\\\"\"}");
    EXPECT_EQ(http.requests[0].url, "https://kafka.example/transactions/topics/sales");
}

TEST_F(Kafka, that_does_not_say_what_it_took_gets_it_again_under_the_same_id) {  // [sync-4]
    sell_many(50, 5);
    lose_answers = true;
    open(kafka());
    run(30 * kSecond);
    EXPECT_EQ(journal.cursor("kafka"), 0);
    EXPECT_THAT(proxy.log().size(), Ge(50U));
    lose_answers = false;
    run(120 * kSecond);
    EXPECT_EQ(journal.cursor("kafka"), 50);
    EXPECT_THAT(ids(), SizeIs(50)) << "what came twice has one id";
    EXPECT_THAT(journal.rows("kafka"), IsEmpty());
    expect_first_occurrences_in_order();
}

TEST_F(Kafka, that_takes_later_ones_before_an_earlier_one_has_chosen_so) {
    sell("a0", "a"), sell("b0", "b"), sell("a1", "a"), sell("a2", "a");
    int asked = 0;
    proxy.refuse = [&](const KafkaRecord& record) {
        return KafkaProxy::member(record, "id") == "a0" && asked++ < 3 ? 50003 : 0;
    };
    open(kafka());
    run(kSecond / 100);
    EXPECT_THAT(ids(), ElementsAre("a1", "a2", "b0"));
    sell("a3", "a"), sell("b1", "b");
    destinations[0]->wake();
    run(120 * kSecond);
    EXPECT_EQ(journal.cursor("kafka"), 6);
    std::vector<std::string> of_a;
    for (const auto& record : proxy.log())
        if (record.key == "a") of_a.push_back(KafkaProxy::member(record, "id"));
    EXPECT_THAT(of_a, ElementsAre("a1", "a2", "a0", "a3")) << "from then on nothing later goes before it";
    EXPECT_THAT(journal.rows("kafka"), IsEmpty());
}

TEST_F(Kafka, that_never_takes_one_holds_it_and_gets_the_rest) {  // [sync-6]
    sell_many(60, 3);
    proxy.refuse = [](const KafkaRecord& record) { return KafkaProxy::member(record, "id") == "s7" ? 50002 : 0; };
    open(kafka());
    run(60 * kSecond);
    ASSERT_THAT(journal.rows("kafka"), SizeIs(1));
    EXPECT_THAT(journal.rows("kafka")[0].reason, HasSubstr("Kafka error 50002: org.apache.kafka said \"no\""));
    EXPECT_THAT(ids(), SizeIs(59));
    EXPECT_EQ(journal.cursor("kafka"), 60);
}

TEST_F(Kafka, that_takes_nobody_holds_nearly_nobody) {  // [sync-5]
    sell_many(300, 3);
    bool refuses = true;
    proxy.refuse = [&](const KafkaRecord&) { return refuses ? 1 : 0; };
    auto& kafka_now = open(kafka());
    run(kHour);
    EXPECT_THAT(journal.rows("kafka").size(), testing::Le(20U)) << "as with any service that says 4xx to all";
    EXPECT_EQ(kafka_now.status().cause, "service");
    refuses = false;
    run(kHour);
    EXPECT_EQ(ids().size() + journal.rows("kafka").size(), 300U);
    EXPECT_EQ(kafka_now.status().cause, "");
}

TEST_F(Kafka, whose_login_to_the_brokers_fails_waits) {  // [sync-5]
    sell_many(10, 2);
    bool refuses = true;
    proxy.refuse = [&](const KafkaRecord&) { return refuses ? 40301 : 0; };
    auto& kafka_now = open(kafka());
    run(kHour);
    EXPECT_EQ(kafka_now.status().cause, "login");
    refuses = false;
    run(2 * 60 * kSecond);
    EXPECT_THAT(ids(), SizeIs(10));
    EXPECT_THAT(journal.rows("kafka"), IsEmpty());
}

}  // namespace
}  // namespace tillkeeper::sync
