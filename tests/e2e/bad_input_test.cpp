// What hostile and broken tills put on the bus, through the real broker to the real daemon, and what the contract
// says they hear.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using till::MqttVersion;

constexpr auto kPatience = 60s;
constexpr std::size_t kBytesMax = 256 * 1024;  // of the contract
const std::string kCardNumber = "4111111111111111";
// Any bytes: a till may use them as it likes.
const std::string kCorrelation{"c\0\xff\x01 7", 6};

std::string topic(const std::string& till, const std::string& rest) {
    return std::string(kTillTopics) + till + "/" + rest;
}

// A good sale with this id; `change` names what stands there and what comes instead.
std::string sale(const std::string& id, const std::string& from = "", const std::string& to = "") {
    std::string text = R"({"id":")" + id +
                       R"(","type":"sale","till_sequence":7,"occurred_at":"2026-11-20T10:42:07.120+01:00",)"
                       R"("business_day":"2026-11-20","currency":"EUR","receipt":"R-)" +
                       id +
                       R"(","lines":[{"sku":"85123A","description":"heart","quantity":6,"unit_price":255,)"
                       R"("amount":1530}],"tenders":[{"type":"card","amount":1530}],"total":1530})";
    if (!from.empty()) text.replace(text.find(from), from.size(), to);
    return text;
}

std::string padded_to(std::string text, std::size_t bytes) {
    return text.insert(text.size() - 1, bytes - text.size(), ' ');
}

std::vector<std::string> names_of(const Json& object) {
    std::vector<std::string> names;
    for (const auto& member : object.items()) names.push_back(member.name());
    return names;
}

void expect_problems(const Json& answer) {
    for (const auto& problem : answer["problems"].items()) {
        EXPECT_THAT(names_of(problem), testing::ElementsAre("type", "title", "detail", "pointer"));
        EXPECT_FALSE(problem["type"].text().empty());
        EXPECT_FALSE(problem["title"].text().empty());
        const auto pointer = problem["pointer"].text();
        EXPECT_TRUE(pointer.empty() || pointer.starts_with('/')) << pointer;
    }
}

void expect_stored(const Heard& heard, const std::string& outcome, const std::string& id_json) {
    const auto answer = Json::parse(heard.payload);
    EXPECT_THAT(names_of(answer),
                testing::ElementsAre("reply_to", "id", "outcome", "journal_number", "hash", "problems"));
    EXPECT_EQ(answer["reply_to"].text(), "transaction");
    EXPECT_EQ(answer["outcome"].text(), outcome) << heard.payload;
    EXPECT_EQ(answer["id"].dump(), id_json);
    EXPECT_GT(answer["journal_number"].number(), 0);
    EXPECT_THAT(answer["hash"].text(), testing::MatchesRegex("[0-9a-f]{64}"));
    EXPECT_EQ(answer["problems"].items().empty(), outcome != "quarantined") << heard.payload;
    expect_problems(answer);
}

void expect_refused(const Heard& heard, const std::string& problem, const std::string& id_json) {
    const auto answer = Json::parse(heard.payload);
    EXPECT_THAT(names_of(answer),
                testing::ElementsAre("reply_to", "id", "outcome", "problem", "retry_after_ms", "problems"));
    EXPECT_EQ(answer["reply_to"].text(), "transaction");
    EXPECT_EQ(answer["outcome"].text(), "refused") << heard.payload;
    EXPECT_EQ(answer["problem"].text(), problem) << heard.payload;
    EXPECT_EQ(answer["id"].dump(), id_json);
    EXPECT_EQ(answer["retry_after_ms"].dump(), "null") << "trying again does not help";
    EXPECT_EQ(answer["problems"].items().size(), 1U);
    expect_problems(answer);
}

// One store for all tests; each begins and ends with a good sale, and the journal must prove itself.
class BadInput : public testing::TestWithParam<MqttVersion> {
  protected:
    static void SetUpTestSuite() {
        auto lab = Lab::open({.name = "tillkeeper-bad-input", .tills = 2});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        // It says so on the bus when it listens there.
        const auto watcher = BusPeer::connect(lab_->broker(), "till-2", MqttVersion::k5, "tillkeeper/v1/status");
        ASSERT_TRUE(watcher && (*watcher)->hear());
    }
    static void TearDownTestSuite() {
        if (lab_ && testing::UnitTest::GetInstance()->current_test_suite()->Failed()) {
            lab_->folder().keep();
            std::cerr << "logs are in " << lab_->folder().path() << '\n';
        }
        lab_.reset();
    }

    void SetUp() override {
        till_ = peer("till-1", topic("till-1", "replies"));
        ASSERT_TRUE(till_);
        before_ = new_id();
        first_ = hand_over(sale(before_));
        expect_stored(first_, "accepted", quoted(before_));
    }

    void TearDown() override {
        // What was stored before is there as it was, and the daemon still accepts.
        const auto again = hand_over(sale(before_));
        expect_stored(again, "duplicate", quoted(before_));
        EXPECT_EQ(Json::parse(again.payload)["hash"].text(), Json::parse(first_.payload)["hash"].text());
        const auto id = new_id();
        expect_stored(hand_over(sale(id)), "accepted", quoted(id));
        const auto verified = lab_->agent().command({"verify", "--json"});
        ASSERT_TRUE(verified);
        EXPECT_EQ(verified->status, 0) << verified->output << verified->errors;
        EXPECT_TRUE(wait_until(
            [&] {
                const auto has = lab_->cloud().control().has("erp", id);
                return has && *has;
            },
            kPatience))
            << "it does not get on to the ERP";
    }

    [[nodiscard]] static std::unique_ptr<BusPeer> peer(const std::string& user, const std::string& filter) {
        auto made = BusPeer::connect(lab_->broker(), user, GetParam(), filter);
        EXPECT_TRUE(made) << made.error().message;
        return made ? std::move(*made) : nullptr;
    }
    [[nodiscard]] static bool five() { return GetParam() == MqttVersion::k5; }
    [[nodiscard]] static std::string new_id() { return "bad-input-" + std::to_string(++ids_); }
    [[nodiscard]] static std::string quoted(const std::string& text) { return '"' + text + '"'; }

    // The answer, on `replies`, with the Correlation Data where the version has it.
    [[nodiscard]] Heard hand_over(std::string_view payload, const std::string& response_topic = {}) {
        EXPECT_TRUE(till_->say(topic("till-1", "transactions"), payload, kCorrelation, response_topic));
        auto heard = till_->hear();
        EXPECT_TRUE(heard) << "no answer";
        if (!heard) return {};
        EXPECT_EQ(heard->topic, topic("till-1", "replies"));
        EXPECT_EQ(heard->correlation_data, five() ? kCorrelation : "");
        return *heard;
    }

    void expect_refusal(std::string_view payload, const std::string& problem, const std::string& id_json = "null") {
        SCOPED_TRACE(std::string(payload.substr(0, 120)));
        const auto entries = journal_entries();
        expect_refused(hand_over(payload), problem, id_json);
        EXPECT_EQ(journal_entries(), entries) << "nothing was stored";
    }
    // The journal number.
    std::int64_t expect_quarantine(const std::string& payload, const std::string& id_json, const std::string& pointer) {
        SCOPED_TRACE(payload.substr(0, 120));
        const auto heard = hand_over(payload);
        expect_stored(heard, "quarantined", id_json);
        const auto answer = Json::parse(heard.payload);
        bool points = false;
        for (const auto& problem : answer["problems"].items()) points = points || problem["pointer"].text() == pointer;
        EXPECT_TRUE(points) << "nothing points to " << pointer << ": " << heard.payload;
        const auto number = answer["journal_number"].number();
        const auto shown = lab_->agent().command({"queue", "list", "--destination", "", "--json"});
        EXPECT_TRUE(shown && shown->output.contains("{\"number\":" + std::to_string(number) + ",")) << "staff see it";
        return number;
    }
    [[nodiscard]] static std::int64_t journal_entries() {
        const auto verified = lab_->agent().command({"verify", "--json"});
        return verified ? Json::parse(verified->output)["entries"].number() : -1;
    }

    static inline std::unique_ptr<Lab> lab_;
    static inline int ids_ = 0;
    std::unique_ptr<BusPeer> till_;
    std::string before_;
    Heard first_;
};

// [agent-2]
TEST_P(BadInput, WhatIsNoJsonObjectIsRefusedAsMalformed) {
    const std::string nul{"{\"id\":\"a\0b\",\"type\":\"sale\"}", 26};
    for (const std::string& payload :
         {std::string("hello"), std::string(), std::string("[1]"), std::string("\"sale\""), std::string("null"),
          sale(new_id()) + "}", sale(new_id()).substr(0, 90), sale(new_id(), "heart", "\xff\xfe"),
          sale(new_id(), "heart", "\xc0\xaf"), sale(new_id(), "heart", "\xed\xa0\x80"), nul, std::string(300, '\0'),
          sale(new_id(), "1530", "01530")})
        expect_refusal(payload, "malformed");
}

// [agent-2]
TEST_P(BadInput, NestingWithoutEndIsRefused) {
    const std::string open(10'000, '[');
    expect_refusal(open, "malformed");
    expect_refusal(open + std::string(10'000, ']'), "malformed");
    expect_refusal(sale(new_id(), R"("currency")", R"("x":)" + open + std::string(10'000, ']') + R"(,"currency")"),
                   "malformed");
    std::string objects;
    for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
    expect_refusal(objects, "malformed");
}

// [agent-2]
TEST_P(BadInput, WhatIsTooLargeIsRefused) {
    expect_refusal(padded_to(sale(new_id()), 300 * 1024), "too_large");
    expect_refusal(padded_to(sale(new_id()), kBytesMax + 1), "too_large");
    expect_refusal(std::string(300 * 1024, 'x'), "too_large");
    const auto id = new_id();
    expect_stored(hand_over(padded_to(sale(id), kBytesMax)), "accepted", quoted(id));
}

// Beyond twice the contract's limit the broker takes nothing, and may cut the connection.
TEST_P(BadInput, WhatTheBrokerCutsReachesNobody) {
    const auto entries = journal_entries();
    const auto id = new_id();
    const bool said = till_->say(topic("till-1", "transactions"), padded_to(sale(new_id()), 600 * 1024));
    // With MQTT 5 the client itself knows the broker's limit; with 3.1.1 it may be cut off in the middle, or after it.
    EXPECT_TRUE(!said || GetParam() == till::MqttVersion::k311);
    static_cast<void>(till_->say(topic("till-1", "transactions"), sale(id)));
    static_cast<void>(till_->hear());  // the second one's answer, or the end of the connection
    till_ = peer("till-1", topic("till-1", "replies"));
    ASSERT_TRUE(till_);
    const auto answer = Json::parse(hand_over(sale(id)).payload);
    EXPECT_THAT(answer["outcome"].text(), testing::AnyOf("accepted", "duplicate"));
    EXPECT_EQ(journal_entries(), entries + 1);
}

// [agent-2]
TEST_P(BadInput, MissingOrUnusableMembersAreQuarantined) {
    auto id = new_id();
    expect_quarantine(R"({"id":")" + id + R"("})", quoted(id), "");
    id = new_id();
    expect_quarantine(sale(id, R"("till_sequence":7,)", ""), quoted(id), "");
    for (const char* sequence : {"-1", "7.5", "\"7\"", "null"}) {
        id = new_id();
        expect_quarantine(sale(id, R"("till_sequence":7)", std::string(R"("till_sequence":)") + sequence), quoted(id),
                          "/till_sequence");
    }
    id = new_id();
    expect_quarantine(sale(id, "2026-11-20T10:42:07.120+01:00", "yesterday"), quoted(id), "/occurred_at");
    id = new_id();
    expect_quarantine(sale(id, R"("total":1530)", R"("total":1531)"), quoted(id), "/lines");
}

// [agent-2]
TEST_P(BadInput, WithoutAUsableIdItIsQuarantinedAndRecognisedAgain) {
    const auto mark = new_id();
    const std::string without = sale(mark, R"("id":")" + mark + R"(",)", "");
    const auto number = expect_quarantine(without, "null", "");
    const auto again = Json::parse(hand_over(without).payload);
    EXPECT_EQ(again["journal_number"].number(), number);
    expect_quarantine(sale("not an id " + mark), quoted("not an id " + mark), "/id");
}

// [storage-3]
TEST_P(BadInput, TheSameIdWithOtherContentIsKeptBesideTheFirst) {
    const auto id = new_id();
    const auto first = Json::parse(hand_over(sale(id)).payload);
    const auto number = expect_quarantine(sale(id, "heart", "other"), quoted(id), "/id");
    EXPECT_NE(number, first["journal_number"].number());
    const auto again = hand_over(sale(id));
    expect_stored(again, "duplicate", quoted(id));
    EXPECT_EQ(Json::parse(again.payload)["journal_number"].number(), first["journal_number"].number());
    const auto kept = lab_->agent().command({"queue", "show", std::to_string(number), "--json"});
    ASSERT_TRUE(kept);
    EXPECT_THAT(kept->output, testing::HasSubstr("other"));
}

// [agent-2]
TEST_P(BadInput, WhatSystemsReadDifferentlyIsQuarantined) {
    auto id = new_id();
    expect_quarantine(sale(id, "heart", "he\\u0000art"), quoted(id), "/lines/0/description");
    id = new_id();
    expect_quarantine(sale(id, "heart", "\\ud800"), quoted(id), "/lines/0/description");
    id = new_id();
    expect_quarantine(sale(id, R"("total":1530)", R"("total":9007199254740993)"), quoted(id), "/total");
    id = new_id();
    expect_quarantine(sale(id, R"("total":1530)", R"("total":1e400)"), quoted(id), "/total");
    id = new_id();
    expect_quarantine(sale(id, R"("till_sequence":7)", R"("till_sequence":18446744073709551616)"), quoted(id),
                      "/till_sequence");
    id = new_id();
    expect_quarantine(sale(id, R"("currency")", R"("total":1,"currency")"), quoted(id), "/total");
}

// [agent-10]
TEST_P(BadInput, ACardNumberIsRefusedAndNowhereAfterwards) {
    auto id = new_id();
    const auto heard = hand_over(sale(id, "heart", "paid with 4111 1111 1111 1111"));
    expect_refused(heard, "contains_card_number", quoted(id));
    EXPECT_EQ(Json::parse(heard.payload)["problems"].items().front()["pointer"].text(), "/lines/0/description");
    EXPECT_THAT(heard.payload, testing::Not(testing::HasSubstr("4111")));
    id = new_id();
    expect_refusal(sale(id, R"("type":"card")", R"("type":"card","pan":")" + kCardNumber + '"'), "contains_card_number",
                   quoted(id));
    id = new_id();
    expect_refusal(sale(id, R"("type":"card")", R"("type":"card","pan":)" + kCardNumber), "contains_card_number",
                   quoted(id));
    id = new_id();
    expect_refusal(sale(id, "heart", "\\u0034111111111111111"), "contains_card_number", quoted(id));
    for (const auto& file : std::filesystem::recursive_directory_iterator(lab_->folder().path() / "agent")) {
        if (!file.is_regular_file()) continue;
        const auto content = read_file(file.path());
        EXPECT_FALSE(content.contains(kCardNumber) || content.contains("4111 1111")) << file.path();
    }
}

// The broker keeps tills apart: the daemon never sees what came under a foreign name.
TEST_P(BadInput, AForeignTillsTopicLeadsNowhere) {
    const auto entries = journal_entries();
    const auto listener = peer("tillkeeper", "tillkeeper/v1/tills/+/transactions");
    ASSERT_TRUE(listener);
    const auto foreign = new_id();
    for (const auto& other : {topic("till-2", "transactions"), topic("tillkeeper", "transactions"),
                              topic("", "transactions"), topic("till-1/till-2", "transactions")})
        EXPECT_TRUE(till_->say(other, sale(foreign)));
    const auto id = new_id();
    expect_stored(hand_over(sale(id)), "accepted", quoted(id));
    const auto heard = listener->hear();
    ASSERT_TRUE(heard);
    EXPECT_THAT(heard->payload, testing::HasSubstr(id)) << "the one after the foreign ones is the first to arrive";
    const auto found = lab_->agent().command({"find", foreign, "--json"});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->status, 1) << found->output;
    EXPECT_EQ(journal_entries(), entries + 1);
}

// Only MQTT 5 has it.
class ResponseTopic : public BadInput {};

// [agent-2]
TEST_P(ResponseTopic, AnAnswerGoesNowhereOutsideTheTillsName) {
    const auto entries = journal_entries();
    const auto neighbour = peer("till-2", topic("till-2", "#"));
    ASSERT_TRUE(neighbour);
    ASSERT_TRUE(neighbour->retain(topic("till-2", "presence"), R"({"state":"online"})"));
    ASSERT_TRUE(neighbour->hear());  // it listens
    for (const auto& other :
         {topic("till-2", "replies"), std::string("tillkeeper/v1/status"), topic("till-10", "replies"),
          std::string("tillkeeper/v1/tills/till-1"), topic("till-1", "")}) {
        SCOPED_TRACE(other);
        const auto id = new_id();
        expect_refused(hand_over(sale(id), other), "not_yours", quoted(id));
    }
    EXPECT_EQ(journal_entries(), entries);
    ASSERT_TRUE(neighbour->retain(topic("till-2", "presence"), R"({"state":"online"})"));
    const auto next = neighbour->hear();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->topic, topic("till-2", "presence")) << next->payload;
}

TEST_P(ResponseTopic, AnAnswerGoesWhereTheTillAsks) {
    const auto asked = topic("till-1", "answers/desk 3");
    const auto desk = peer("till-1", asked);  // takes over the till's connection: one client per name
    ASSERT_TRUE(desk);
    const auto id = new_id();
    ASSERT_TRUE(desk->say(topic("till-1", "transactions"), sale(id), kCorrelation, asked));
    const auto heard = desk->hear();
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->topic, asked);
    EXPECT_EQ(heard->correlation_data, kCorrelation);
    expect_stored(*heard, "accepted", quoted(id));
    till_ = peer("till-1", topic("till-1", "replies"));
    ASSERT_TRUE(till_);
}

INSTANTIATE_TEST_SUITE_P(Mqtt, BadInput, testing::Values(MqttVersion::k5, MqttVersion::k311),
                         [](const auto& version) { return version.param == MqttVersion::k5 ? "Five" : "Three"; });

INSTANTIATE_TEST_SUITE_P(Mqtt, ResponseTopic, testing::Values(MqttVersion::k5));

}  // namespace
}  // namespace tillkeeper::lab
