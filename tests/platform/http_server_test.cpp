#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/microhttpd_server.h"
#include "tests/platform/driven_loop.h"

namespace tillkeeper {
namespace {

using namespace std::chrono_literals;

class LocalHttp : public testing::Test {
  protected:
    LocalHttp() {
        std::string pattern = std::filesystem::temp_directory_path() / "platform-http-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~LocalHttp() override { std::filesystem::remove_all(folder_); }

    void serve(ListenOptions options) {
        auto listening = listen(*loop_, options, [this](ServerRequest request, HttpServer::Reply reply) {
            seen_.push_back(std::move(request));
            on_request_(std::move(reply));
        });
        ASSERT_TRUE(listening.has_value()) << listening.error().message;
        server_ = std::move(*listening);
    }
    HttpRequest request(std::string path) const {
        return {.url = "http://127.0.0.1:" + std::to_string(server_->port()) + path};
    }
    HttpResponse ask(HttpRequest asked) {
        std::optional<HttpResponse> answer;
        const auto call = http_->send(std::move(asked), [&](HttpResponse response) { answer = std::move(response); });
        EXPECT_TRUE(loop_.until([&] { return answer.has_value(); }));
        return answer.value_or(HttpResponse());
    }

    std::string folder_;
    DrivenLoop loop_;
    std::unique_ptr<HttpClient> http_ = make_http_client(*loop_);
    std::vector<ServerRequest> seen_;
    std::function<void(HttpServer::Reply)> on_request_ = [](HttpServer::Reply reply) {
        reply({.status = 200, .content_type = "text/plain", .body = "hello", .headers = {{"X-Further", "1"}}});
    };
    std::unique_ptr<HttpServer> server_;
};

TEST_F(LocalHttp, HandsOverTheRequestAndSendsTheAnswer) {
    serve({});
    HttpRequest asked = request("/queue/a%20b?name=J%C3%BCrgen&empty=&flag");
    asked.method = "POST";
    asked.headers = {{"X-Mixed", "Value"}};
    asked.body = std::string("zero\0byte", 9);
    const HttpResponse answer = ask(asked);
    EXPECT_EQ(answer.status, 200) << answer.failure_text;
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.header("content-type"), "text/plain");
    EXPECT_EQ(answer.header("x-further"), "1");
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0].method, "POST");
    EXPECT_EQ(seen_[0].path, "/queue/a b");
    EXPECT_EQ(seen_[0].query, (std::map<std::string, std::string>{{"name", "Jürgen"}, {"empty", ""}, {"flag", ""}}));
    EXPECT_EQ(seen_[0].body, asked.body);
    EXPECT_EQ(seen_[0].peer, "127.0.0.1");
    EXPECT_TRUE(std::ranges::count(seen_[0].headers, std::pair<std::string, std::string>("x-mixed", "Value")) == 1);
}

TEST_F(LocalHttp, AnswersLater) {
    std::vector<HttpServer::Reply> waiting;
    on_request_ = [&](HttpServer::Reply reply) { waiting.push_back(std::move(reply)); };
    serve({});
    int answers = 0;
    std::vector<std::unique_ptr<HttpCall>> calls;
    for (int i = 0; i < 3; ++i)
        calls.push_back(http_->send(request("/"), [&](HttpResponse response) {
            EXPECT_EQ(response.status, 202) << response.failure_text;
            ++answers;
        }));
    ASSERT_TRUE(loop_.until([&] { return waiting.size() == 3; }));
    loop_.turn(20ms);
    EXPECT_EQ(answers, 0);
    for (auto& reply : waiting) reply({.status = 202});
    EXPECT_TRUE(loop_.until([&] { return answers == 3; }));
    waiting[0]({.status = 500});  // once was enough
}

TEST_F(LocalHttp, DropsRepliesThatComeTooLate) {
    std::vector<HttpServer::Reply> waiting;
    on_request_ = [&](HttpServer::Reply reply) { waiting.push_back(std::move(reply)); };
    serve({});
    std::optional<HttpResponse> answer;
    const auto call = http_->send(request("/"), [&](HttpResponse response) { answer = std::move(response); });
    ASSERT_TRUE(loop_.until([&] { return waiting.size() == 1; }));
    server_.reset();
    waiting[0]({.status = 200});
    ASSERT_TRUE(loop_.until([&] { return answer.has_value(); }));
    EXPECT_NE(answer->failure, TransportFailure::kNone);
}

TEST_F(LocalHttp, AnswersForAHandlerThatDropsTheReply) {
    on_request_ = [](HttpServer::Reply) {};
    serve({});
    EXPECT_EQ(ask(request("/")).status, 500);
    std::vector<HttpServer::Reply> waiting;
    on_request_ = [&](HttpServer::Reply reply) { waiting.push_back(std::move(reply)); };
    std::optional<HttpResponse> answer;
    const auto call = http_->send(request("/"), [&](HttpResponse response) { answer = std::move(response); });
    ASSERT_TRUE(loop_.until([&] { return waiting.size() == 1; }));
    waiting.clear();
    ASSERT_TRUE(loop_.until([&] { return answer.has_value(); }));
    EXPECT_EQ(answer->status, 500);
}

TEST_F(LocalHttp, RefusesABodyBeyondItsLimit) {
    serve({.body_bytes_max = 1000});
    HttpRequest asked = request("/");
    asked.method = "POST";
    asked.body = std::string(1000, 'x');
    EXPECT_EQ(ask(asked).status, 200);
    asked.body += 'x';
    EXPECT_EQ(ask(asked).status, 413);
    asked.headers = {{"Transfer-Encoding", "chunked"}};  // does not say beforehand how much comes
    EXPECT_EQ(ask(asked).status, 413);
    EXPECT_EQ(seen_.size(), 1U);
}

TEST_F(LocalHttp, RefusesHeadersBeyondTheirLimit) {
    serve({});
    HttpRequest asked = request("/");
    asked.headers = {{"X", std::string(2 * kRequestHeaderBytesMax, 'x')}};
    EXPECT_EQ(ask(asked).status, 431);
    EXPECT_TRUE(seen_.empty());
}

TEST_F(LocalHttp, ListensOnASocketFileThatOnlyItsOwnerMayUse) {
    const std::string file = folder_ + "/socket";
    serve({.unix_socket = file, .unix_mode = 0660});
    struct stat status{};
    ASSERT_EQ(stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0660U);
    EXPECT_EQ(server_->port(), 0);
    EXPECT_EQ(ask({.url = "http://localhost/", .unix_socket = file}).body, "hello");
    server_.reset();
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(LocalHttp, ReplacesAStaleSocketButNeitherALiveOneNorAFile) {
    const std::string file = folder_ + "/socket";
    const int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    file.copy(address.sun_path, file.size());
    ASSERT_EQ(bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    close(stale);
    serve({.unix_socket = file});
    EXPECT_EQ(ask({.url = "http://localhost/", .unix_socket = file}).body, "hello");
    const auto second = listen(*loop_, {.unix_socket = file}, [](ServerRequest, HttpServer::Reply) {});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
    std::ofstream(folder_ + "/file") << "precious";
    EXPECT_FALSE(listen(*loop_, {.unix_socket = folder_ + "/file"}, [](ServerRequest, HttpServer::Reply) {}));
    EXPECT_TRUE(std::filesystem::is_regular_file(folder_ + "/file"));
    EXPECT_EQ(ask({.url = "http://localhost/", .unix_socket = file}).body, "hello");
}

TEST_F(LocalHttp, SaysWhyItCannotListen) {
    serve({});
    const auto taken = listen(*loop_, {.port = server_->port()}, [](ServerRequest, HttpServer::Reply) {});
    ASSERT_FALSE(taken.has_value());
    EXPECT_EQ(taken.error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE(taken.error().message.contains("in use")) << taken.error().message;
    EXPECT_EQ(listen(*loop_, {.address = "not an address"}, [](ServerRequest, HttpServer::Reply) {}).error().code,
              ErrorCode::kInvalid);
    EXPECT_EQ(
        listen(*loop_, {.unix_socket = std::string(200, 'x')}, [](ServerRequest, HttpServer::Reply) {}).error().code,
        ErrorCode::kInvalid);
}

// A client that reads while the answer goes on.
class StreamClient {
  public:
    explicit StreamClient(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        const sockaddr_in address{.sin_family = AF_INET,
                                  .sin_port = htons(static_cast<std::uint16_t>(port)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)},
                                  .sin_zero = {}};
        connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    ~StreamClient() { close(fd_); }
    StreamClient(const StreamClient&) = delete;
    StreamClient& operator=(const StreamClient&) = delete;

    [[nodiscard]] bool ask() {
        static constexpr std::string_view kRequest = "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        return ::send(fd_, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(kRequest.size());
    }
    [[nodiscard]] const std::string& read() {
        std::array<char, 4096> piece{};
        for (ssize_t got = 0; (got = recv(fd_, piece.data(), piece.size(), 0)) > 0;)
            heard_.append(piece.data(), static_cast<std::size_t>(got));
        return heard_;
    }

  private:
    int fd_;
    std::string heard_;
};

class GoingOn : public LocalHttp {
  protected:
    void SetUp() override {
        on_request_ = [this](HttpServer::Reply reply) {
            if (seen_.back().path != "/events") return reply({.body = "{}"});
            reply({.content_type = "text/event-stream",
                   .body = "data: one\n\n",
                   .stream = [this](std::unique_ptr<ServerStream> stream) { stream_ = std::move(stream); }});
        };
        serve({});
        client_.emplace(server_->port());
        ASSERT_TRUE(loop_.until([&] { return client_->ask(); }));
        ASSERT_TRUE(loop_.until([&] { return client_->read().contains("data: one\n\n"); }));
        ASSERT_TRUE(stream_);
    }

    std::optional<StreamClient> client_;
    std::unique_ptr<ServerStream> stream_;
};

TEST_F(GoingOn, ReachesTheClientAsItIsWritten) {
    EXPECT_TRUE(client_->read().contains("text/event-stream"));
    EXPECT_FALSE(client_->read().contains("two"));
    EXPECT_TRUE(stream_->write("data: two\n\n"));
    EXPECT_TRUE(loop_.until([&] { return client_->read().contains("data: two\n\n"); }));
    EXPECT_EQ(ask(request("/")).failure, TransportFailure::kNone) << "others are answered meanwhile";
    EXPECT_FALSE(client_->read().ends_with("0\r\n\r\n"));
    stream_.reset();
    EXPECT_TRUE(loop_.until([&] { return client_->read().ends_with("0\r\n\r\n"); })) << client_->read();
}

TEST_F(GoingOn, RestsWhileNothingIsWritten) {
    const auto before = std::clock();
    loop_.turn(300ms);
    EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 10) << "the loop turns and turns";
}

TEST_F(GoingOn, SaysThatTheClientHasGone) {
    client_.reset();
    EXPECT_TRUE(loop_.until([&] { return !stream_->write(": still there?\n\n"); }));
}

TEST_F(GoingOn, KeepsOnlySoMuchForAClientThatDoesNotRead) {
    std::size_t written = 0;
    const std::string piece(1024, 'x');
    ASSERT_TRUE(loop_.until([&] {
        while (stream_->write(piece)) {
            if ((written += piece.size()) % ServerStream::kUnreadBytesMax == 0) return false;
        }
        return true;
    }));
    EXPECT_LT(written, 32U << 20);
}

TEST_F(GoingOn, OutlivesTheServer) {
    server_.reset();
    EXPECT_FALSE(stream_->write("data: two\n\n"));
}

}  // namespace
}  // namespace tillkeeper
