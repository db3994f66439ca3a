#include <gtest/gtest.h>
#include <optional>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/microhttpd_server.h"
#include "platform/linux-arm/service.h"
#include "tests/platform/driven_loop.h"
#include "tests/platform/tls_server.h"

namespace tillkeeper {
namespace {

using namespace std::chrono_literals;

std::string ok(std::string_view body) {
    return "HTTP/1.1 200 OK\r\nX-Mixed-CASE:  some value \r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

class HttpsClient : public testing::Test {
  protected:
    static void SetUpTestSuite() { ignore_broken_pipes(); }

    HttpResponse get(HttpRequest request) {
        std::optional<HttpResponse> answer;
        const auto call =
            client_->send(std::move(request), [&](HttpResponse response) { answer = std::move(response); });
        EXPECT_FALSE(answer.has_value()) << "answered from inside send()";
        EXPECT_TRUE(loop_.until([&] { return answer.has_value(); }));
        return answer.value_or(HttpResponse());
    }
    static HttpRequest request(const TlsServer& server) {
        HttpRequest made;
        made.url = server.url();
        made.ca_file = server.ca_file();
        return made;
    }

    DrivenLoop loop_;
    std::unique_ptr<HttpClient> client_ = make_http_client(*loop_);
};

TEST_F(HttpsClient, SendsWhatItIsGivenAndReadsTheAnswer) {
    std::string head;
    TlsServer server([&](const std::string& got) {
        head = got;
        return TlsServer::Answer{ok("hello")};
    });
    HttpRequest asked = request(server);
    asked.method = "POST";
    asked.headers = {{"Idempotency-Key", "k-1"}, {"Content-Type", "application/json"}};
    asked.body = "{}";
    const HttpResponse answer = get(asked);
    EXPECT_EQ(answer.failure, TransportFailure::kNone) << answer.failure_text;
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.header("x-mixed-case"), "some value");
    EXPECT_TRUE(head.starts_with("POST / HTTP/1.1\r\n")) << head;
    EXPECT_TRUE(head.contains("Idempotency-Key: k-1\r\n"));
    EXPECT_TRUE(head.contains("Content-Length: 2\r\n"));
}

// [platform-3]
TEST_F(HttpsClient, TrustsNobodyButTheCaItWasGiven) {
    const auto never = [](const std::string&) { return TlsServer::Answer{ok("secret taken")}; };
    TlsServer server(never);
    TlsServer other(never);
    HttpRequest wrong_ca = request(server);
    wrong_ca.ca_file = other.ca_file();
    EXPECT_EQ(get(wrong_ca).failure, TransportFailure::kTls);
    HttpRequest system_store = request(server);
    system_store.ca_file.clear();
    EXPECT_EQ(get(system_store).failure, TransportFailure::kTls);
    HttpRequest no_file = request(server);
    no_file.ca_file = "/nonexistent/ca.pem";
    EXPECT_EQ(get(no_file).failure, TransportFailure::kTls);
    TlsServer wrong_name(never, "erp.example");
    EXPECT_EQ(get(request(wrong_name)).failure, TransportFailure::kTls);
    EXPECT_EQ(get(request(server)).failure, TransportFailure::kNone);
}

// [platform-3]
TEST_F(HttpsClient, RefusesOldProtocols) {
    const auto hello = [](const std::string&) { return TlsServer::Answer{ok("hello")}; };
    TlsServer old(hello, "127.0.0.1", TLS1_1_VERSION);
    EXPECT_EQ(get(request(old)).failure, TransportFailure::kTls);
    TlsServer current(hello, "127.0.0.1", TLS1_2_VERSION);
    EXPECT_EQ(get(request(current)).status, 200);
}

// [platform-3]
TEST_F(HttpsClient, SpeaksPlainHttpToThisMachineOnly) {
    HttpRequest outside;
    for (const char* url : {"http://erp.example/", "http://10.0.0.1/", "http://127.0.0.1.example/"}) {
        outside.url = url;
        const HttpResponse answer = get(outside);
        EXPECT_NE(answer.failure, TransportFailure::kNone) << url;
        EXPECT_NE(answer.failure, TransportFailure::kNoDns) << url << " was looked up";
        EXPECT_TRUE(answer.failure_text.contains("only for this machine")) << answer.failure_text;
    }
    for (const char* url : {"ftp://127.0.0.1/", "file:///etc/passwd", "", "no address"}) {
        outside.url = url;
        EXPECT_EQ(get(outside).failure, TransportFailure::kBroken) << url;
    }
}

TEST_F(HttpsClient, NeverFollowsARedirect) {
    TlsServer server([](const std::string&) {
        return TlsServer::Answer{"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"};
    });
    EXPECT_EQ(get(request(server)).status, 302);
}

TEST_F(HttpsClient, BoundsTheAnswerInSize) {
    TlsServer server([](const std::string&) { return TlsServer::Answer{ok(std::string(5000, 'x'))}; });
    HttpRequest exact = request(server);
    exact.response_bytes_max = 5000;
    EXPECT_EQ(get(exact).body.size(), 5000U);
    HttpRequest tight = request(server);
    tight.response_bytes_max = 4999;
    const HttpResponse answer = get(tight);
    EXPECT_EQ(answer.failure, TransportFailure::kTooLarge);
    EXPECT_EQ(answer.status, 0);
    TlsServer headers([](const std::string&) {
        return TlsServer::Answer{"HTTP/1.1 200 OK\r\nX: " + std::string(kResponseHeaderBytesMax, 'x') + "\r\n\r\n"};
    });
    EXPECT_EQ(get(request(headers)).failure, TransportFailure::kTooLarge);
}

TEST_F(HttpsClient, BoundsTheAnswerInTime) {
    TlsServer server([](const std::string&) { return TlsServer::Answer{"HTTP/1.1 200", TlsServer::End::kHang}; });
    HttpRequest asked = request(server);
    asked.total_timeout = 200ms;
    EXPECT_EQ(get(asked).failure, TransportFailure::kTimeout);
}

TEST_F(HttpsClient, TellsABrokenConnectionFromAnAnswer) {
    for (const auto end : {TlsServer::End::kReset, TlsServer::End::kClose}) {
        TlsServer half([end](const std::string&) {
            return TlsServer::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", end};
        });
        EXPECT_EQ(get(request(half)).failure, TransportFailure::kBroken);
        TlsServer nothing([end](const std::string&) { return TlsServer::Answer{"", end}; });
        EXPECT_EQ(get(request(nothing)).failure, TransportFailure::kBroken);
    }
    TlsServer garbage([](const std::string&) { return TlsServer::Answer{"\1\2\3 not HTTP\r\n\r\n"}; });
    EXPECT_EQ(get(request(garbage)).failure, TransportFailure::kBroken);
}

TEST_F(HttpsClient, NamesWhatKeepsItFromConnecting) {
    HttpRequest refused;
    refused.url = "https://127.0.0.1:1/";
    EXPECT_EQ(get(refused).failure, TransportFailure::kRefused);
    HttpRequest no_name;
    no_name.url = "https://store.invalid/";
    EXPECT_EQ(get(no_name).failure, TransportFailure::kNoDns);
    HttpRequest no_socket;
    no_socket.url = "http://localhost/";
    no_socket.unix_socket = "/nonexistent/socket";
    EXPECT_EQ(get(no_socket).failure, TransportFailure::kRefused);
}

TEST_F(HttpsClient, RefusesHeadersThatSmuggle) {
    TlsServer server([](const std::string&) { return TlsServer::Answer{ok("hello")}; });
    HttpRequest asked = request(server);
    asked.headers = {{"X-Id", "1\r\nX-Admin: yes"}};
    EXPECT_EQ(get(asked).failure, TransportFailure::kBroken);
    EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpsClient, CancelsWhatIsDestroyed) {
    TlsServer server([](const std::string&) { return TlsServer::Answer{"", TlsServer::End::kHang}; });
    int called = 0;
    auto call = client_->send(request(server), [&](HttpResponse) { ++called; });
    ASSERT_TRUE(loop_.until([&] { return server.connections() == 1; }));
    call.reset();
    auto unmade = client_->send(HttpRequest{.url = "nonsense"}, [&](HttpResponse) { ++called; });
    unmade.reset();
    auto outlives = client_->send(HttpRequest{.url = "nonsense"}, [&](HttpResponse) { ++called; });
    client_.reset();
    loop_.turn(20ms);
    EXPECT_EQ(called, 0);
}

TEST_F(HttpsClient, LetsACallbackDestroyItsCallAndSendTheNext) {
    TlsServer server([](const std::string&) { return TlsServer::Answer{ok("hello")}; });
    int answers = 0;
    std::unique_ptr<HttpCall> call;
    std::function<void()> next = [&] {
        call = client_->send(request(server), [&](HttpResponse response) {
            EXPECT_EQ(response.status, 200) << response.failure_text;
            call.reset();
            if (++answers < 3) next();
        });
    };
    next();
    EXPECT_TRUE(loop_.until([&] { return answers == 3; }));
}

}  // namespace
}  // namespace tillkeeper
