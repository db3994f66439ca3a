// What the box knows of its network without asking anybody: whether there is a link, and whether the network swallows
// what is on its way. In a namespace of our own (in-own-network).
#include <gtest/gtest.h>

#include <iterator>
#include <optional>
#include <sstream>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/mosquitto_publisher.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/system.h"
#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"
#include "tests/platform/driven_loop.h"
#include "tests/platform/tls_server.h"
#include "tests/sync/tls_broker.h"

namespace tillkeeper {
namespace {

// One command, its words apart by spaces.
bool run(const std::string& line) {
    std::istringstream words(line);
    const auto ended =
        lab::run_command({std::istream_iterator<std::string>(words), {}}, lab::Scratch::make("link")->path());
    return ended && ended->status == 0;
}

// On the way in: sent and lost. On the way out: the machine's own filter.
bool black_hole(const std::string& way) {
    return run("nft add table inet t") && run("nft add chain inet t c { type filter hook " + way + " priority 0; }") &&
           run("nft add rule inet t c drop");
}

TEST(Link, IsAnInterfaceWithACarrierThatIsNotTheLoopback) {
    const auto device = make_device();
    ASSERT_TRUE(run("ip link set lo up"));
    EXPECT_FALSE(device->has_link()) << "the loopback leads nowhere";
    ASSERT_TRUE(run("ip link add eth7 type veth peer name switch") && run("ip link set eth7 up"));
    EXPECT_FALSE(device->has_link()) << "the other end is not switched on";
    DrivenLoop loop;  // the kernel tells within a second
    ASSERT_TRUE(run("ip link set switch up"));
    EXPECT_TRUE(loop.until([&] { return device->has_link(); }));
    ASSERT_TRUE(run("ip link set switch down"));
    EXPECT_TRUE(loop.until([&] { return !device->has_link(); }));
}

class UnheardCall : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(run("ip link set lo up")); }
    void TearDown() override { EXPECT_TRUE(run("nft flush ruleset")); }
};

class Unheard {
  public:
    Unheard() { ignore_broken_pipes(); }

    void begin(Duration timeout = std::chrono::seconds(60)) {
        HttpRequest asked;
        asked.connect_timeout = asked.total_timeout = timeout;
        asked.url = server_.url();
        asked.ca_file = server_.ca_file();
        call_ = client_->send(std::move(asked), [&](const HttpResponse& response) {
            status_ = response.status;
            failure_ = response.failure;
        });
    }
    [[nodiscard]] std::optional<TransportFailure> failure() {
        if (!loop_.until([&] { return status_.has_value(); })) return {};
        return failure_;
    }
    [[nodiscard]] bool is_answered() {
        return loop_.until([&] { return status_.has_value(); }) && std::exchange(status_, {}) == 200;
    }
    [[nodiscard]] bool is_unheard() {
        return loop_.until([&] { return call_->unheard(); });
    }
    [[nodiscard]] bool waits_unconfirmed_for(Duration time) {
        return loop_.until([&] { return call_->unheard() || status_.has_value(); }, time);
    }
    [[nodiscard]] int connections() const { return server_.connections(); }
    // Heard, and never answered.
    void keep_silent() { silent_ = true; }

  private:
    std::atomic<bool> silent_ = false;
    TlsServer server_{[this](const std::string&) {
        if (silent_) return TlsServer::Answer{"", TlsServer::End::kHang};
        return TlsServer::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", TlsServer::End::kKeep};
    }};
    DrivenLoop loop_;
    std::unique_ptr<HttpClient> client_ = make_http_client(*loop_);
    std::optional<int> status_;
    TransportFailure failure_ = TransportFailure::kNone;
    std::unique_ptr<HttpCall> call_;
};

TEST_F(UnheardCall, IsOneOnAnOldConnectionThatTheNetworkSwallows) {
    for (const char* way : {"input", "output"}) {
        Unheard store;
        store.begin();
        ASSERT_TRUE(store.is_answered());
        ASSERT_TRUE(black_hole(way));
        store.begin();
        EXPECT_TRUE(store.is_unheard()) << way;
        ASSERT_TRUE(run("nft flush ruleset"));
        EXPECT_TRUE(store.is_answered());
        EXPECT_EQ(store.connections(), 1);
    }
}

TEST_F(UnheardCall, IsOneThatNobodyLetsConnect) {
    Unheard store;
    ASSERT_TRUE(black_hole("input"));
    store.begin();
    EXPECT_TRUE(store.is_unheard());
}

// It is not the service's fault, and still less the request's.
TEST_F(UnheardCall, HasFoundNoWayWhenItsTimeIsOver) {
    Unheard store;
    store.begin();
    ASSERT_TRUE(store.is_answered());
    ASSERT_TRUE(black_hole("input"));
    for ([[maybe_unused]] const char* connection : {"an old one", "a new one"}) {
        store.begin(std::chrono::seconds(4));
        EXPECT_EQ(store.failure(), TransportFailure::kNoRoute) << connection;
    }
}

// A broker in the cloud: the same, before and after the time for an acknowledgement is over.
TEST_F(UnheardCall, IsAMessageThatTheNetworkSwallows) {
    sync::TlsBroker broker;
    DrivenLoop loop;
    const auto http = make_http_client(*loop);
    MqttBroker at{.addresses = {broker.address()}, .client_id = "store-0042", .ca_file = broker.ca()};
    const auto publisher = make_mqtt_publisher(*loop, *http, std::move(at));
    std::optional<MqttOutcome> outcome;
    const auto publish = [&] {
        return publisher->publish({.username = "store", .password = "s e+c:ret%"}, {{.topic = "t", .payload = "p"}},
                                  std::chrono::seconds(5), [&](MqttOutcome told) { outcome = std::move(told); });
    };
    const auto first = publish();
    ASSERT_TRUE(loop.until([&] { return outcome.has_value(); }));
    ASSERT_EQ(outcome->failure, TransportFailure::kNone) << outcome->failure_text;
    EXPECT_FALSE(first->unheard());
    outcome.reset();
    ASSERT_TRUE(black_hole("input"));
    const auto second = publish();
    EXPECT_TRUE(loop.until([&] { return second->unheard(); }));
    ASSERT_TRUE(loop.until([&] { return outcome.has_value(); }));
    EXPECT_EQ(outcome->failure, TransportFailure::kNoRoute);
}

TEST_F(UnheardCall, IsNoneThatAServiceTakesItsTimeFor) {
    Unheard store;
    store.keep_silent();
    store.begin(std::chrono::seconds(4));
    EXPECT_FALSE(store.waits_unconfirmed_for(std::chrono::seconds(3))) << "its kernel has confirmed the request";
    EXPECT_EQ(store.failure(), TransportFailure::kTimeout);
}

}  // namespace
}  // namespace tillkeeper
