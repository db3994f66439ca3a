// A destination that is a broker: the same order, proof and patience as everywhere. In virtual time.
#include <gmock/gmock.h>

#include <numeric>

#include "tests/fakes/fake_publisher.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

MqttOutcome nothing(std::size_t messages, TransportFailure failure, int refused = 0) {
    return {.acknowledged = std::vector<int>(messages, MqttOutcome::kSilence),
            .failure = failure,
            .failure_text = "scripted",
            .refused = refused};
}

class MqttWorld : public DestinationWorld {
  protected:
    MqttWorld() {
        broker = [this](const MqttLogin& login, const std::vector<MqttPublication>& messages) {
            logins.push_back(login);
            batches.push_back(messages.size());
            return cut ? nothing(messages.size(), TransportFailure::kNoRoute) : take(messages);
        };
        publisher = [this](MqttBroker at) {
            made_for = std::move(at);
            return std::make_unique<fakes::FakePublisher>(loop, broker, http.swallowed);
        };
    }
    MqttOutcome take(const std::vector<MqttPublication>& messages) {
        MqttOutcome outcome;
        for (const auto& message : messages) {
            outcome.acknowledged.push_back(refuse ? refuse(message) : 0);
            if (outcome.acknowledged.back() != 0) continue;
            taken.push_back(message);
            for (const auto& id : ids_in(message.payload))
                if (seen["hub"].insert(id).second) effects["hub"].push_back(id);
        }
        return outcome;
    }
    DestinationConfig hub(EventFormat format = EventFormat::kStructured) {
        auto made = config("hub");
        made.kind = DestinationKind::kMqtt;
        made.format = format;
        made.topic = "stores/{store}/{till}";
        made.mqtt.addresses = {{.host = "hub.example"}};
        made.mqtt.username = "store";
        made.mqtt.password = "secret";
        return made;
    }

    fakes::FakeBroker broker;
    MqttBroker made_for;
    std::vector<MqttLogin> logins;
    std::vector<std::size_t> batches;
    std::vector<MqttPublication> taken;
    std::function<int(const MqttPublication&)> refuse;
};

TEST_F(MqttWorld, a_network_that_swallows_messages_shows_while_they_are_on_their_way) {
    broker = [](const MqttLogin&, const std::vector<MqttPublication>&) { return std::nullopt; };
    auto& to = open(hub());
    sell("a");
    to.wake();
    run(kSecond);
    EXPECT_EQ(to.status().cause, "") << "it only takes its time";
    http.swallowed = true;
    EXPECT_EQ(to.status().cause, "no_route");
}

TEST_F(MqttWorld, gets_each_once_and_in_order) {  // [sync-4]
    sell_many(1000, 7);
    auto made = hub();
    made.lanes = 1;
    open(made);
    run(20 * kSecond);
    EXPECT_THAT(taken, SizeIs(1000));
    EXPECT_THAT(effects["hub"], SizeIs(1000));
    expect_order_per_till("hub");
    EXPECT_EQ(journal.cursor("hub"), 1000);
    EXPECT_EQ(made_for.client_id, "tillkeeper-0042-hub");
    EXPECT_THAT(logins, testing::Each(MqttLogin{.username = "store", .password = "secret"}));
    EXPECT_EQ(taken[0].topic, "stores/0042/t0");
    EXPECT_EQ(taken[0].content_type, "application/cloudevents+json; charset=utf-8");
    EXPECT_THAT(taken[0].payload, HasSubstr(R"("specversion":"1.0","id":"s0")"));
    EXPECT_THAT(taken[0].user_properties, Contains(Pair("idempotency-key", "s0")));
}

TEST_F(MqttWorld, gets_the_attributes_beside_the_data_where_it_wants_them) {
    sell("a");
    open(hub(EventFormat::kBinary));
    run(kSecond);
    ASSERT_THAT(taken, SizeIs(1));
    EXPECT_EQ(taken[0].payload, R"({"id":"a","type":"sale","total":1530})");
    EXPECT_EQ(taken[0].content_type, "application/json");
    for (const auto& attribute : {Pair("specversion", "1.0"), Pair("id", "a"), Pair("type", "tillkeeper.sale.v1"),
                                  Pair("source", "urn:tillkeeper:store:0042")})
        EXPECT_THAT(taken[0].user_properties, Contains(attribute));
}

TEST_F(MqttWorld, an_outage_of_days_holds_nothing) {  // [sync-5]
    sell_many(50, 5);
    cut = true;
    auto& destination = open(hub());
    run(48 * kHour);
    EXPECT_EQ(destination.status().cause, "no_route");
    EXPECT_THAT(batches, Contains(1U)) << "one transaction probes";
    cut = false;
    run(5 * 60 * kSecond);
    EXPECT_THAT(effects["hub"], SizeIs(50));
    expect_order_per_till("hub");
    EXPECT_THAT(journal.rows("hub"), IsEmpty());
}

TEST_F(MqttWorld, a_connection_that_breaks_keeps_what_was_acknowledged) {  // [sync-4]
    sell_many(40, 4);
    const auto whole = broker;
    int asked = 0;
    broker = [&](const MqttLogin& login, const std::vector<MqttPublication>& messages) -> std::optional<MqttOutcome> {
        auto outcome = whole(login, messages);
        if (asked++ > 2) return outcome;
        outcome->failure = TransportFailure::kBroken;  // and nobody knows what came of the second half
        std::fill(outcome->acknowledged.begin() + static_cast<std::ptrdiff_t>(messages.size() / 2),
                  outcome->acknowledged.end(), MqttOutcome::kSilence);
        return outcome;
    };
    auto made = hub();
    made.lanes = 1;
    open(made);
    run(5 * 60 * kSecond);
    EXPECT_EQ(journal.cursor("hub"), 40);
    EXPECT_THAT(effects["hub"], SizeIs(40));
    EXPECT_GT(taken.size(), 40U) << "what was not acknowledged came twice, under the same id";
    expect_order_per_till("hub");
}

TEST_F(MqttWorld, a_message_that_no_broker_may_take_is_held_and_the_rest_flows) {  // [sync-6]
    sell_many(60, 3);
    refuse = [](const MqttPublication& message) { return ids_in(message.payload).front() == "s7" ? 0x95 : 0; };
    open(hub());
    run(60 * kSecond);
    ASSERT_THAT(journal.rows("hub"), SizeIs(1));
    EXPECT_THAT(journal.rows("hub")[0].reason, HasSubstr("packet too large"));
    EXPECT_THAT(effects["hub"], SizeIs(59));
}

TEST_F(MqttWorld, a_message_that_breaks_the_connection_is_found) {  // [sync-6]
    sell_many(60, 3);
    const auto whole = broker;
    broker = [&](const MqttLogin& login, const std::vector<MqttPublication>& messages) -> std::optional<MqttOutcome> {
        for (const auto& message : messages)
            if (ids_in(message.payload).front() == "s7") return nothing(messages.size(), TransportFailure::kBroken);
        return whole(login, messages);
    };
    open(hub());
    run(6 * kHour);
    ASSERT_THAT(journal.rows("hub"), SizeIs(1));
    EXPECT_EQ(journal.rows("hub")[0].number, 8);
    EXPECT_THAT(effects["hub"], SizeIs(59));
}

TEST_F(MqttWorld, waits_until_somebody_subscribes) {
    sell_many(10, 2);
    bool subscribed = false;
    refuse = [&](const MqttPublication&) { return subscribed ? 0 : 0x10; };
    auto& destination = open(hub());
    run(kHour);
    EXPECT_EQ(destination.status().cause, "service");
    EXPECT_EQ(journal.cursor("hub"), 0);
    subscribed = true;
    run(2 * 60 * kSecond);
    EXPECT_EQ(journal.cursor("hub"), 10);
    EXPECT_THAT(journal.rows("hub"), IsEmpty());
}

TEST_F(MqttWorld, goes_on_with_a_new_token_where_the_old_one_is_refused) {
    sell("a");
    int granted = 0;
    http.respond = [&](const HttpRequest&) {
        return fakes::http_answer(
            200, R"({"access_token":"t)" + std::to_string(++granted) + R"(","token_type":"Bearer","expires_in":3600})");
    };
    std::string good = "t1";
    const auto whole = broker;
    broker = [&](const MqttLogin& login, const std::vector<MqttPublication>& messages) -> std::optional<MqttOutcome> {
        auto outcome = whole(login, messages);
        return login.password == good ? outcome : nothing(messages.size(), TransportFailure::kBroken, 0x87);
    };
    auto made = hub();
    made.mqtt.username = made.mqtt.password = "";
    made.oauth.auth = ClientAuth::kClientSecretBasic;
    made.oauth.token_url = "https://login.example/token";
    made.oauth.client_id = "store-0042";
    made.oauth.client_secret = "x";
    auto& destination = open(made);
    run(kSecond);
    EXPECT_EQ(journal.cursor("hub"), 1);
    EXPECT_EQ(logins.back(), (MqttLogin{.username = "store-0042", .password = "t1"}));
    good = "t2";
    sell("b");
    destination.wake();
    run(10 * kSecond);
    EXPECT_EQ(journal.cursor("hub"), 2);
    EXPECT_EQ(logins.back().password, "t2");
    EXPECT_EQ(destination.status().unauthorised, 1U);
    EXPECT_EQ(granted, 2);
}

TEST_F(MqttWorld, a_password_that_is_refused_is_a_matter_of_the_login) {
    sell("a");
    const auto whole = broker;
    bool good = false;
    broker = [&](const MqttLogin& login, const std::vector<MqttPublication>& messages) -> std::optional<MqttOutcome> {
        return good ? whole(login, messages) : nothing(messages.size(), TransportFailure::kBroken, 0x86);
    };
    auto& destination = open(hub());
    run(kHour);
    EXPECT_EQ(destination.status().cause, "login");
    good = true;
    run(2 * 60 * kSecond);
    EXPECT_EQ(journal.cursor("hub"), 1);
}

TEST_F(MqttWorld, each_message_counts_for_the_pace) {  // [sync-16]
    sell_many(100, 4);
    auto made = hub();
    made.pace.requests_per_s = 10;
    made.batch_items_max = 20;
    open(made);
    run(5 * kSecond);
    EXPECT_LE(taken.size(), 80U);
    run(10 * kSecond);
    EXPECT_THAT(taken, SizeIs(100));
}

TEST_F(MqttWorld, without_a_way_to_a_broker_says_so) {
    publisher = {};
    EXPECT_FALSE(Destination::make(hub(), parts()));
}

// [sync-20]
TEST_F(MqttWorld, each_message_is_a_span_and_says_how_it_ended) {
    const std::string till = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (const char* id : {"a", "b"}) {
        storage::Entry entry;
        entry.till = till_of[id] = "t1";
        entry.transaction_id = id;
        entry.type = "sale";
        entry.body = R"({"id":")" + std::string(id) + "\"}";
        if (entry.transaction_id == "a") entry.traceparent = till;
        static_cast<void>(journal.append(std::move(entry)));
    }
    refuse = [](const MqttPublication& message) { return ids_in(message.payload).front() == "b" ? 0x99 : 0; };
    auto& to = open(hub());
    to.wake();
    run(kSecond);
    ASSERT_THAT(batches, ElementsAre(2));
    ASSERT_THAT(spans, SizeIs(2));
    EXPECT_THAT(taken.front().user_properties, Contains(Pair("traceparent", spans[0].traceparent)));
    EXPECT_EQ(spans[0].parent, "00f067aa0ba902b7");
    EXPECT_EQ(spans[0].outcome, "delivered");
    EXPECT_EQ(spans[1].parent, "");
    EXPECT_EQ(spans[1].outcome, "rejected");
    EXPECT_NE(spans[0].traceparent.substr(3, 32), spans[1].traceparent.substr(3, 32));
    for (const auto& span : spans) {
        EXPECT_EQ(span.kind, DestinationKind::kMqtt);
        EXPECT_EQ(span.transactions, 1U);
    }
}

TEST_F(MqttWorld, a_broker_that_is_not_reached_ends_each_span) {
    cut = true;
    for (const char* id : {"a", "b"}) sell(id);
    open(hub());
    run(kSecond);
    ASSERT_THAT(batches, ::testing::Not(IsEmpty()));
    EXPECT_THAT(spans, SizeIs(std::accumulate(batches.begin(), batches.end(), std::size_t{0})));
    for (const auto& span : spans) {
        EXPECT_EQ(span.outcome, "again");
        EXPECT_EQ(span.cause, "no_route");
    }
}

}  // namespace
}  // namespace tillkeeper::sync
