// The local HTTP server behind TLS. [platform-6]
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "platform/certificates.h"
#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/microhttpd_server.h"
#include "tests/platform/driven_loop.h"

namespace tillkeeper {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kUntil = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);

class SecuredServer : public testing::Test {
  protected:
    SecuredServer() {
        std::string pattern = std::filesystem::temp_directory_path() / "platform-tls-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        std::ofstream(folder_ + "/ca.pem") << authority_.certificate_pem;
    }
    ~SecuredServer() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] TlsIdentity identity_of(std::vector<std::string> hosts) const {
        const auto made =
            issue_certificate(authority_, {.common_name = "box", .hosts = std::move(hosts), .until = kUntil});
        return {made.value().certificate_pem, made.value().key_pem};
    }
    void serve(TlsIdentity identity) {
        ListenOptions options;
        options.identity = std::move(identity);
        auto made = listen(*loop_, options, [this](const ServerRequest&, HttpServer::Reply reply) {
            if (later_) return void(waiting_.push_back(std::move(reply)));
            reply({.content_type = "text/event-stream",
                   .body = "data: one\n\n",
                   .stream = [this](std::unique_ptr<ServerStream> stream) { stream_ = std::move(stream); }});
        });
        ASSERT_TRUE(made) << made.error().message;
        server_ = std::move(*made);
    }
    [[nodiscard]] std::unique_ptr<HttpCall> ask(const std::string& scheme, std::optional<HttpResponse>& answer) {
        HttpRequest request{.url = scheme + "://localhost:" + std::to_string(server_->port()) + "/"};
        request.ca_file = folder_ + "/ca.pem";
        return http_->send(std::move(request), [&](HttpResponse response) { answer = std::move(response); });
    }

    Identity authority_ = make_authority("a store", kUntil).value();
    std::string folder_;
    DrivenLoop loop_;
    std::unique_ptr<HttpClient> http_ = make_http_client(*loop_);
    bool later_ = false;
    std::vector<HttpServer::Reply> waiting_;
    std::unique_ptr<ServerStream> stream_;
    std::unique_ptr<HttpServer> server_;
};

TEST_F(SecuredServer, AnswersLaterAndGoesOnAsInPlainText) {
    serve(identity_of({"localhost"}));
    std::optional<HttpResponse> streamed;
    const auto call = ask("https", streamed);
    ASSERT_TRUE(loop_.until([&] { return stream_ != nullptr; }));
    EXPECT_TRUE(stream_->write("data: two\n\n"));
    stream_.reset();
    ASSERT_TRUE(loop_.until([&] { return streamed.has_value(); }));
    EXPECT_EQ(streamed->status, 200) << streamed->failure_text;
    EXPECT_EQ(streamed->body, "data: one\n\ndata: two\n\n");

    later_ = true;
    std::optional<HttpResponse> late;
    const auto other = ask("https", late);
    ASSERT_TRUE(loop_.until([&] { return waiting_.size() == 1; }));
    loop_.turn(20ms);
    EXPECT_FALSE(late);
    waiting_[0]({.status = 202, .body = std::string(100'000, 'x')});
    ASSERT_TRUE(loop_.until([&] { return late.has_value(); }));
    EXPECT_EQ(late->status, 202) << late->failure_text;
    EXPECT_EQ(late->body.size(), 100'000U);
}

TEST_F(SecuredServer, SpeaksNothingElseAndIsNobodyElse) {
    serve(identity_of({"elsewhere.example"}));
    std::optional<HttpResponse> other_name;
    const auto first = ask("https", other_name);
    ASSERT_TRUE(loop_.until([&] { return other_name.has_value(); }));
    EXPECT_EQ(other_name->failure, TransportFailure::kTls) << other_name->failure_text;
    std::optional<HttpResponse> plain;
    const auto second = ask("http", plain);
    ASSERT_TRUE(loop_.until([&] { return plain.has_value(); }));
    EXPECT_NE(plain->failure, TransportFailure::kNone);
    EXPECT_FALSE(stream_) << "nothing was handed over";
}

TEST_F(SecuredServer, SaysThatTheCertificateCannotBeUsed) {
    auto mixed = identity_of({"localhost"});
    mixed.key = identity_of({"localhost"}).key;
    for (const TlsIdentity& bad : {mixed, TlsIdentity{"no certificate", mixed.key}}) {
        ListenOptions options;
        options.identity = bad;
        const auto made = listen(*loop_, options, [](const ServerRequest&, HttpServer::Reply) {});
        ASSERT_FALSE(made.has_value());
        EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
    }
}

}  // namespace
}  // namespace tillkeeper
