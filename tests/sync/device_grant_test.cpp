// A box that a person lets in by phone (RFC 8628), on a fake clock.
#include <gmock/gmock.h>

#include <deque>

#include "platform/certificates.h"
#include "sync/client_proof.h"
#include "sync/enrolment.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/request_header.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::sync {
namespace {

using fakes::header_of;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kCodes =
    R"({"device_code":"d1","user_code":"WDJB-MJHT","verification_uri":"https://login.example/device",)"
    R"("verification_uri_complete":"https://login.example/device?user_code=WDJB-MJHT","expires_in":60,"interval":5})";

HttpResponse refusal(const std::string& error) {
    return fakes::http_answer(400, R"({"error":")" + error + R"("})");
}

TEST(DeviceCodesOf, an_answer_are_what_may_be_shown_and_nothing_else) {
    const auto codes = read_device_codes(kCodes);
    ASSERT_TRUE(codes) << codes.error().message;
    EXPECT_EQ(codes->user_code, "WDJB-MJHT");
    EXPECT_EQ(codes->complete_address, "https://login.example/device?user_code=WDJB-MJHT");
    EXPECT_EQ(codes->lifetime, 60s);
    EXPECT_EQ(codes->interval, 5s);
    const auto spoilt = [](std::string what, const std::string& with) {
        std::string body = kCodes;
        return read_device_codes(body.replace(body.find(what), what.size(), with));
    };
    EXPECT_FALSE(spoilt("WDJB-MJHT", "\\u001b[2J")) << "a terminal is not told what to do";
    EXPECT_FALSE(spoilt("https://login.example/device\"", "http://login.example/device\""));
    EXPECT_FALSE(spoilt("\"expires_in\":60", "\"expires_in\":0"));
    EXPECT_FALSE(spoilt("d1", ""));
    EXPECT_FALSE(read_device_codes("<html>"));
    EXPECT_EQ(spoilt("https://login.example/device?", "javascript:?").value().complete_address, "");
    EXPECT_EQ(spoilt(",\"interval\":5", "").value().interval, 5s) << "RFC 8628 section 3.2";
    EXPECT_EQ(spoilt("\"interval\":5", "\"interval\":0").value().interval, 1s);
}

struct Heard {
    HttpResponse answer;
    PollStep step;
    Duration interval;  // from then on
};

TEST(DevicePolling, goes_on_until_somebody_decides) {
    const std::vector<Heard> grid = {
        {fakes::http_answer(200), PollStep::kGranted, 5s},
        {refusal("authorization_pending"), PollStep::kWait, 5s},
        {refusal("slow_down"), PollStep::kWait, 10s},
        {refusal("access_denied"), PollStep::kDenied, 5s},
        {refusal("expired_token"), PollStep::kExpired, 5s},
        {refusal("invalid_client"), PollStep::kFailed, 5s},
        {fakes::http_answer(400, "<html>"), PollStep::kFailed, 5s},
        {fakes::http_answer(429), PollStep::kWait, 5s},
        {fakes::http_answer(503), PollStep::kWait, 5s},
        {fakes::http_failure(TransportFailure::kNoRoute), PollStep::kWait, 5s},
        {fakes::http_failure(TransportFailure::kTimeout), PollStep::kWait, 10s},
    };
    const auto codes = read_device_codes(kCodes).value();
    const MonotonicTime start{1h};
    for (const auto& [answer, step, interval] : grid) {
        SCOPED_TRACE(answer.body + std::to_string(answer.status));
        DevicePolling polling(codes, start);
        EXPECT_EQ(polling.next(), start + 5s) << "not at once: nobody has a phone in hand yet";
        EXPECT_EQ(polling.heard(answer, start + 5s), step);
        if (step != PollStep::kWait) continue;
        EXPECT_EQ(polling.next(), start + 5s + interval);
        DevicePolling late(codes, start);
        EXPECT_EQ(late.heard(answer, start + 58s), PollStep::kExpired);
    }
}

class Enrolling : public ::testing::Test {
  protected:
    Result<std::string> enrol_box() {
        return enrol(client, "ca.pem",
                     {.clock = clock,
                      .random = random,
                      .ask =
                          [this](const HttpRequest& request) {
                              asked.push_back(request);
                              if (answers.empty()) return fakes::http_answer(500);
                              auto answer = std::move(answers.front());
                              answers.pop_front();
                              return answer;
                          },
                      .wait = [this](Duration time) { clock.advance(time); },
                      .show = [this](const DeviceCodes& codes) { shown.push_back(codes.user_code); }});
    }
    OAuthClient client{.auth = ClientAuth::kPublic,
                       .token_url = "https://login.example/token",
                       .client_id = "store 42",
                       .client_secret = "s3cret",
                       .private_key_pem = {},
                       .key_id = {},
                       .scope = "write offline_access",
                       .audience = {},
                       .device_authorization_url = "https://login.example/device/auth"};
    fakes::FakeClock clock;
    fakes::SeededRandom random{3};
    std::deque<HttpResponse> answers{fakes::http_answer(200, kCodes)};
    std::vector<HttpRequest> asked;
    std::vector<std::string> shown;
};

const std::string kTokens = R"({"access_token":"a1","token_type":"Bearer","refresh_token":"r1"})";

TEST_F(Enrolling, a_public_client_shows_the_code_once_and_asks_no_faster_than_it_was_told) {
    for (const auto* error : {"authorization_pending", "slow_down", "authorization_pending"})
        answers.push_back(refusal(error));
    answers.push_back(fakes::http_answer(200, kTokens));
    const auto begun = clock.monotonic();
    const auto token = enrol_box();
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(*token, "r1");
    EXPECT_THAT(shown, ElementsAre("WDJB-MJHT"));
    EXPECT_EQ(clock.monotonic() - begun, 5s + 5s + 10s + 10s);
    ASSERT_EQ(asked.size(), 5U);
    EXPECT_EQ(asked[0].url, "https://login.example/device/auth");
    EXPECT_EQ(asked[0].body, "scope=write+offline_access&client_id=store+42");
    EXPECT_EQ(asked[0].ca_file, "ca.pem");
    EXPECT_EQ(asked[4].url, "https://login.example/token");
    EXPECT_EQ(asked[4].body,
              "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d1&client_id=store+42");
}

TEST_F(Enrolling, a_client_with_a_secret_proves_itself_at_both_endpoints) {
    client.auth = ClientAuth::kClientSecretBasic;
    answers.push_back(fakes::http_answer(200, kTokens));
    EXPECT_TRUE(enrol_box());
    ASSERT_EQ(asked.size(), 2U);
    for (const auto& request : asked)
        EXPECT_EQ(header_of(request, "authorization"), basic_authorization("store 42", "s3cret"));
}

TEST_F(Enrolling, with_a_key_the_token_is_asked_for_with_a_proof_and_the_nonce_that_is_demanded) {
    client.dpop_key_pem =
        make_authority("a key", std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)).value().key_pem;
    auto demand = refusal("use_dpop_nonce");
    demand.headers.emplace_back("dpop-nonce", "n1");
    answers.push_back(demand);
    answers.push_back(fakes::http_answer(200, R"({"access_token":"a1","token_type":"DPoP","refresh_token":"r1"})"));
    const auto token = enrol_box();
    ASSERT_TRUE(token) << token.error().message;
    ASSERT_EQ(asked.size(), 3U);
    EXPECT_THAT(header_of(asked[0], "dpop"), IsEmpty());
    EXPECT_THAT(header_of(asked[1], "dpop"), Not(IsEmpty()));
    EXPECT_NE(header_of(asked[1], "dpop"), header_of(asked[2], "dpop"));
}

TEST_F(Enrolling, ends_with_words_for_whoever_stands_there) {
    const std::vector<std::pair<HttpResponse, std::string>> grid = {
        {refusal("access_denied"), "refused on the phone"},
        {refusal("expired_token"), "in time"},
        {refusal("unauthorized_client"), "HTTP 400 (unauthorized_client)"},
        {fakes::http_answer(200, R"({"access_token":"a1","token_type":"Bearer"})"), "no refresh token"},
        {fakes::http_answer(200, R"({"access_token":"a1","token_type":"DPoP","refresh_token":"r1"})"), "dpop_key_file"},
    };
    for (const auto& [answer, words] : grid) {
        answers = {fakes::http_answer(200, kCodes), answer};
        const auto token = enrol_box();
        ASSERT_FALSE(token);
        EXPECT_THAT(token.error().message, AllOf(HasSubstr(words), Not(HasSubstr("s3cret"))));
    }
    answers = {fakes::http_answer(401, R"({"error":"<script>"})")};
    EXPECT_EQ(enrol_box().error().message, "the device authorization endpoint says HTTP 401");
}

TEST_F(Enrolling, an_issuer_is_asked_for_both_addresses) {
    client.issuer = "https://login.example";
    client.token_url = client.device_authorization_url = "";
    answers = {
        fakes::http_answer(404),
        fakes::http_answer(200, R"({"issuer":"https://login.example","token_endpoint":"https://login.example/t",)"
                                R"("device_authorization_endpoint":"https://login.example/d"})"),
        fakes::http_answer(200, kCodes), fakes::http_answer(200, kTokens)};
    const auto token = enrol_box();
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(asked[2].url, "https://login.example/d");
    EXPECT_EQ(asked[3].url, "https://login.example/t");
    answers = {
        fakes::http_answer(200, R"({"issuer":"https://login.example","token_endpoint":"https://login.example/t"})"),
        fakes::http_answer(404)};
    EXPECT_THAT(enrol_box().error().message, HasSubstr("its device_authorization_endpoint is missing"));
}

}  // namespace
}  // namespace tillkeeper::sync
