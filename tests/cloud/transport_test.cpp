#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "tests/cloud/cloud_rig.h"
#include "tests/cloud/http1.h"
#include "tests/cloud/json_text.h"
#include "tests/e2e/json.h"
#include "tests/e2e/process.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::cloud {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Transport, SpeaksHttp2AndHttp1) {
    const RunningCloud cloud;
    Sender sender(cloud);
    EXPECT_EQ(sender.send("[]").http_version, CURL_HTTP_VERSION_2_0);
    sender.client.version = CURL_HTTP_VERSION_1_1;
    EXPECT_EQ(sender.send("[]").http_version, CURL_HTTP_VERSION_1_1);
    EXPECT_EQ(sender.send("[]").status, 200);
    EXPECT_NE(sender.send("[]").headers.at("date"), "");
}

TEST(Transport, IsTrustedOnlyThroughItsAuthority) {
    const RunningCloud cloud;
    const RunningCloud stranger;
    HttpsClient client(stranger.ca());
    EXPECT_EQ(ask_token(client, cloud, basic_header()).code, CURLE_PEER_FAILED_VERIFICATION);
    HttpsClient trusting(cloud.ca());
    EXPECT_EQ(trusting.post(cloud.url("/nowhere", "127.0.0.1"), "", {}).status, 404);
}

TEST(Transport, KeepsItsAuthorityAndCanExpire) {
    const auto scratch = lab::Scratch::make("cloud-pki").value();
    const auto pki = prepare_pki(scratch.path()).value();
    const std::string ca = lab::read_file(pki.ca);
    const std::string server = lab::read_file(pki.chain);
    struct stat key{};
    ASSERT_EQ(::stat(pki.server_key.c_str(), &key), 0);
    EXPECT_EQ(key.st_mode & 0777U, 0600U);
    ASSERT_TRUE(prepare_pki(scratch.path()));
    EXPECT_EQ(lab::read_file(pki.chain), server);
    const RunningCloud cloud({.pki = scratch.path(), .certificate_days = -1});
    EXPECT_EQ(lab::read_file(cloud.ca()), ca);
    HttpsClient client(cloud.ca());
    EXPECT_EQ(ask_token(client, cloud, basic_header()).code, CURLE_PEER_FAILED_VERIFICATION);
}

TEST(Transport, LedgerSurvivesAKilledProcess) {
    const auto scratch = lab::Scratch::make("cloud-process").value();
    const auto start = [&](const std::string& name) {
        return lab::Process::start(
                   {.command = {SIMULATED_CLOUD_PROGRAM, "--pki", (scratch.path() / "pki").string(), "--ledger",
                                (scratch.path() / "ledger").string(), "--client", "till:secret"},
                    .output = scratch.path() / name})
            .value();
    };
    const auto ready = [&](const std::string& name) {
        EXPECT_TRUE(lab::wait_until([&] { return lab::read_file(scratch.path() / name).ends_with("}\n"); }, 30s));
        return lab::Json::parse(lab::read_file(scratch.path() / name));
    };
    const auto send = [](const lab::Json& told, const std::string& id) {
        HttpsClient client(told["ca"].text());
        const std::string base = "https://localhost:" + std::to_string(told["port"].number());
        const Reply token = client.post(base + "/oauth/token", "grant_type=client_credentials",
                                        {"authorization: Basic " + base64_encode("till:secret")});
        return client
            .post(base + "/erp/v1/postings", batch({event(id, erp_data())}),
                  {"authorization: Bearer " + member_of(token.body, "access_token"),
                   "content-type: " + std::string(kBatch)})
            .body;
    };
    auto first = start("first");
    EXPECT_THAT(send(ready("first"), "a"), HasSubstr("ERP-0000001"));
    first.kill();
    auto second = start("second");
    const auto told = ready("second");
    EXPECT_THAT(send(told, "b"), HasSubstr("ERP-0000002"));
    EXPECT_THAT(send(told, "a"), HasSubstr("ERP-0000001"));
    CloudControl control(static_cast<int>(told["control_port"].number()));
    EXPECT_TRUE(control.healthy());
    EXPECT_EQ(control.ledger().value().at("erp").count, 2);
    EXPECT_EQ(second.stop(), 0);
    EXPECT_FALSE(control.healthy());
}

TEST(Transport, ProgramSaysWhatItCannotUse) {
    const auto scratch = lab::Scratch::make("cloud-options").value();
    const auto run = [&](std::vector<std::string> options) {
        options.insert(options.begin(), {SIMULATED_CLOUD_PROGRAM, "--pki", (scratch.path() / "pki").string()});
        return lab::run_command(options, scratch.path()).value();
    };
    EXPECT_THAT(run({"--client-key", "till:nowhere.pem"}).errors, HasSubstr("nowhere.pem"));
    EXPECT_NE(run({"--client", "no-secret"}).status, 0);
    EXPECT_NE(run({"--unknown"}).status, 0);
}

// Answers every request with its own body.
class Echo : public Exchanges {
  public:
    bool on_head(const Request&) override { return true; }
    void on_request(std::int32_t stream, Request& request) override {
        if (!later) protocol.answer(stream, json_answer(200, request.body), false);
    }
    std::string sent() {
        std::string out;
        protocol.collect(out);
        return out;
    }

    bool later = false;
    Http1 protocol{*this};
};

TEST(Http1, TakesBytesInAnyPieces) {
    Echo echo;
    const std::string request = "POST /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for (const char c : request + request) ASSERT_TRUE(echo.protocol.receive({&c, 1}));
    const std::string out = echo.sent();
    EXPECT_NE(out.find("hello"), out.rfind("hello"));
    EXPECT_FALSE(echo.protocol.finished());
}

TEST(Http1, AnswersPipelinedRequestsInOrder) {
    Echo echo;
    echo.later = true;
    ASSERT_TRUE(
        echo.protocol.receive("POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nAPOST /b HTTP/1.1\r\nContent-Length: "
                              "1\r\nConnection: close\r\n\r\nB"));
    EXPECT_EQ(echo.sent(), "");
    echo.later = false;
    echo.protocol.answer(0, json_answer(200, "first"), false);
    const std::string out = echo.sent();
    EXPECT_LT(out.find("first"), out.find("\r\n\r\nB"));
    EXPECT_THAT(out, HasSubstr("connection: close"));
    EXPECT_TRUE(echo.protocol.finished());
}

TEST(Http1, RefusesMalformedHeads) {
    for (const auto& [head, status] : std::vector<std::pair<std::string, std::string>>{
             {"nonsense\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\nno colon\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"},
             {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "411"},
             {"GET / HTTP/1.1\r\nX: " + std::string(70000, 'x'), "431"}}) {
        Echo echo;
        EXPECT_TRUE(echo.protocol.receive(head));
        EXPECT_TRUE(echo.sent().starts_with("HTTP/1.1 " + status)) << head.substr(0, 60);
        EXPECT_TRUE(echo.protocol.finished());
    }
}

TEST(JsonReader, ReadsStringsAndNumbers) {
    const std::string text = R"( {"a":"x\"\\\n\u00e9\ud83d\ude00","b":[-12, 1.5, 9223372036854775808],"c":null} )";
    JsonReader json(text);
    std::string_view name;
    ASSERT_TRUE(json.open('{'));
    ASSERT_TRUE(json.next_member(name));
    EXPECT_EQ(json.string(), "x\"\\\n\u00e9\U0001F600");
    ASSERT_TRUE(json.next_member(name));
    ASSERT_TRUE(json.open('['));
    ASSERT_TRUE(json.next_item());
    EXPECT_EQ(json.integer(), -12);
    ASSERT_TRUE(json.next_item());
    EXPECT_EQ(json.number(), 1.5);
    ASSERT_TRUE(json.next_item());
    EXPECT_EQ(json.integer(), std::nullopt);
    EXPECT_FALSE(json.next_item());
    ASSERT_TRUE(json.next_member(name));
    EXPECT_EQ(json.integer(), std::nullopt);
    EXPECT_FALSE(json.next_member(name));
    EXPECT_TRUE(json.at_end());
}

TEST(JsonReader, FailsOnWhatIsNotJson) {
    for (const char* text : {"", "{", "[1", "[1 2]", "[,1]", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
                             "\"x", "\"\\x\"", "\"\\ud800\"", "\"\\udc00\"", "\"\n\"", "tru", "[] []", "[}", "{]"}) {
        JsonReader json(text);
        json.skip();
        EXPECT_FALSE(json.at_end()) << text;
    }
}

TEST(JsonReader, KnowsUtf8) {
    EXPECT_TRUE(is_utf8("plain and \u00e9 and \U0001F600"));
    for (const char* text : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "12345678\x80"})
        EXPECT_FALSE(is_utf8(text));
}

}  // namespace
}  // namespace tillkeeper::cloud
