// What the box knows of its network without asking anybody: whether there is a link, and whether the network swallows
// what is on its way. In namespaces of our own.
#include <gtest/gtest.h>

#include <optional>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/system.h"
#include "tests/platform/driven_loop.h"
#include "tests/platform/own_network.h"
#include "tests/platform/tls_server.h"

namespace tillkeeper {
namespace {

TEST(Link, IsAnInterfaceWithACarrierThatIsNotTheLoopback) {
    in_own_network([] {
        const auto device = make_device();
        EXPECT_FALSE(device->has_link());
        ASSERT_TRUE(shell("ip link set lo up"));
        EXPECT_FALSE(device->has_link()) << "the loopback leads nowhere";
        ASSERT_TRUE(shell("ip link add eth7 type veth peer name switch && ip link set eth7 up"));
        EXPECT_FALSE(device->has_link()) << "the other end is not switched on";
        ASSERT_TRUE(shell("ip link set switch up"));
        EXPECT_TRUE(device->has_link());
        ASSERT_TRUE(shell("ip link set switch down"));
        EXPECT_FALSE(device->has_link());
    });
}

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

constexpr const char* kLoopback = "ip link set lo up";

// On the way in: sent and lost. On the way out: the machine's own filter.
bool black_hole(const std::string& way) {
    return shell("nft 'add table inet t; add chain inet t c { type filter hook " + way +
                 " priority 0; }; add rule inet t c drop'");
}

TEST(UnheardCall, IsOneOnAnOldConnectionThatTheNetworkSwallows) {
    in_own_network([] {
        ASSERT_TRUE(shell(kLoopback));
        for (const char* way : {"input", "output"}) {
            Unheard store;
            store.begin();
            ASSERT_TRUE(store.is_answered());
            ASSERT_TRUE(black_hole(way));
            store.begin();
            EXPECT_TRUE(store.is_unheard()) << way;
            ASSERT_TRUE(shell("nft flush ruleset"));
            EXPECT_TRUE(store.is_answered());
            EXPECT_EQ(store.connections(), 1);
        }
    });
}

TEST(UnheardCall, IsOneThatNobodyLetsConnect) {
    in_own_network([] {
        ASSERT_TRUE(shell(kLoopback));
        Unheard store;
        ASSERT_TRUE(black_hole("input"));
        store.begin();
        EXPECT_TRUE(store.is_unheard());
    });
}

// It is not the service's fault, and still less the request's.
TEST(UnheardCall, HasFoundNoWayWhenItsTimeIsOver) {
    in_own_network([] {
        ASSERT_TRUE(shell(kLoopback));
        Unheard store;
        store.begin();
        ASSERT_TRUE(store.is_answered());
        ASSERT_TRUE(black_hole("input"));
        for ([[maybe_unused]] const char* connection : {"an old one", "a new one"}) {
            store.begin(std::chrono::seconds(4));
            EXPECT_EQ(store.failure(), TransportFailure::kNoRoute) << connection;
        }
    });
}

TEST(UnheardCall, IsNoneThatAServiceTakesItsTimeFor) {
    in_own_network([] {
        ASSERT_TRUE(shell(kLoopback));
        Unheard store;
        store.keep_silent();
        store.begin(std::chrono::seconds(4));
        EXPECT_FALSE(store.waits_unconfirmed_for(std::chrono::seconds(3))) << "its kernel has confirmed the request";
        EXPECT_EQ(store.failure(), TransportFailure::kTimeout);
    });
}

}  // namespace
}  // namespace tillkeeper
