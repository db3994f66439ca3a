// Boxes that a person lets in at a server that nobody here wrote: each refresh token serves once there, and one that
// comes again takes all that came from it along.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/peers/oidc_login.h"
#include "tests/e2e/programs.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<Login> kEnrolled{
    {.name = "public", .auth = "none", .asks_issuer = true, .enrolled = true},
    {.name = "public_bound", .auth = "none", .binds_tokens = true, .enrolled = true},
    {.name = "secret", .auth = "client_secret_basic", .names_resource = true, .enrolled = true},
    {.name = "key", .auth = "private_key_jwt", .algorithm = "ES256", .enrolled = true},
    {.name = "token", .auth = "private_key_jwt", .algorithm = "ES256", .in_token = true, .enrolled = true},
    {.name = "certificate", .auth = "tls_client_auth", .enrolled = true},
};

// `tillkeeper enroll NAME`, as it waits for a person.
struct Enrolment {
    Process process;
    std::filesystem::path output;
    std::filesystem::path errors;
    std::string user_code;
};

class EnrolledBox : public OidcLogin {
  protected:
    Enrolment begin(const std::string& name) {
        static int count = 0;
        const auto output = file("enroll-" + std::to_string(++count) + ".out");
        const auto errors = file("enroll-" + std::to_string(count) + ".err");
        ProcessOptions options;
        options.command = {kCommandProgram, "--config", (file("agent") / "tillkeeper.toml").string(),
                           "--json",        "enroll",   name};
        options.environment = peer_->environment();
        options.output = output;
        options.errors = errors;
        auto process = Process::start(options);
        EXPECT_TRUE(process) << process.error().message;
        Enrolment begun{std::move(process.value()), output, errors, ""};
        const auto shown = [&] {
            const auto text = read_file(output);
            if (text.contains('\n')) begun.user_code = Json::parse(text.substr(0, text.find('\n')))["user_code"].text();
            return !begun.user_code.empty();
        };
        EXPECT_TRUE(wait_until(shown, kPatience, 20ms, [] {})) << read_file(errors);
        return begun;
    }
    static void expect_end(Enrolment& begun, int status, const std::string& words) {
        const auto ended = begun.process.wait(kPatience);
        EXPECT_EQ(ended, status) << read_file(begun.errors);
        EXPECT_THAT(read_file(begun.output) + read_file(begun.errors), HasSubstr(words));
    }
    // The test is the person with the phone.
    void enroll(const std::vector<Login>& logins) {
        std::vector<Enrolment> begun;
        for (const auto& login : logins) begun.push_back(begin(login.name));
        for (const auto& each : begun) EXPECT_TRUE(peer_->confirm(each.user_code)) << each.user_code;
        for (auto& each : begun) expect_end(each, 0, R"("enrolled":true)");
    }
    [[nodiscard]] bool reaches(const std::function<bool()>& condition) const {
        return wait_until(condition, kPatience, 20ms, [] {});
    }
    [[nodiscard]] std::string refresh_token(const std::string& name) const {
        return Json::parse(read_file(file("agent") / "data" / "logins" / (name + ".json")))["refresh_token"].text();
    }
};

// [sync-19] [agent-20]
TEST_F(EnrolledBox, RenewsManyTimesWhileSalesFlowAndIsToldToEnrollAgainWhereTheProviderForgotIt) {
    open(kEnrolled);
    if (HasFatalFailure()) return;
    auto tills = sell(kUntilClosed, 10);
    EXPECT_TRUE(all_wait("login", 1));
    EXPECT_THAT(store_->agent().log(), HasSubstr("this box is not enrolled: tillkeeper enroll certificate"));

    auto refused = begin("public");
    EXPECT_TRUE(peer_->refuse(refused.user_code));
    expect_end(refused, 1, "refused on the phone");

    enroll(kEnrolled);
    const auto first = refresh_token("public");
    EXPECT_THAT(first, Not(testing::IsEmpty()));
    const auto renewed = [&] {
        return std::ranges::all_of(kEnrolled, [&](const Login& login) { return peer_->grants(login.name) >= 5; });
    };
    EXPECT_TRUE(reaches(renewed)) << "one by the phone, four by refresh token";
    for (const auto& login : kEnrolled) EXPECT_EQ(cause_of(login.name), "") << login.name;
    EXPECT_NE(refresh_token("public"), first);

    // A new provider knows no refresh token of the old one's.
    EXPECT_EQ(peer_->stop_provider(), 0);
    const auto started = peer_->start_provider({});
    ASSERT_TRUE(started) << started.error().message;
    EXPECT_TRUE(all_wait("login", 1));
    EXPECT_THAT(store_->agent().log(), HasSubstr("this box must be enrolled again: tillkeeper enroll public"));
    enroll(kEnrolled);
    tills.say("close");
    expect_each_sale_once(tills);
    for (const auto& login : kEnrolled)
        EXPECT_THAT(store_->agent().log(), Not(HasSubstr(refresh_token(login.name)))) << login.name;
}

// Where the answer is under way when the box dies, nobody can know the new token: then it says so. It is never silent.
TEST_F(EnrolledBox, KilledWhileItRenewsComesBackByItselfOrSaysThatItMustBeEnrolledAgain) {
    const std::vector<Login> logins(kEnrolled.begin(), kEnrolled.begin() + 2);
    open(logins);
    if (HasFatalFailure()) return;
    enroll(logins);
    auto tills = sell(kUntilClosed, 5);
    int by_itself = 0;
    int enrolled_again = 0;
    for (int round = 0; round < 8; ++round) {
        SCOPED_TRACE(round);
        // In every fourth round the answer is surely under way, in every other one the tokens have just been stored.
        EXPECT_TRUE(peer_->delay_answers(round % 4 == 3 ? 2000ms : 0ms));
        const std::vector stored{refresh_token("public"), refresh_token("public_bound")};
        const auto before = peer_->grants("public");
        EXPECT_EQ(store_->agent().stop(), 0);
        EXPECT_TRUE(store_->agent().launch());
        EXPECT_TRUE(reaches([&] { return peer_->grants("public") > before; }));
        const auto is_stored = [&] {
            return (refresh_token("public") != stored[0] || cause_of("public") == "login") &&
                   (refresh_token("public_bound") != stored[1] || cause_of("public_bound") == "login");
        };
        EXPECT_TRUE(round % 2 == 1 || reaches(is_stored));
        store_->agent().kill();
        EXPECT_TRUE(peer_->delay_answers(0ms));
        std::map<std::string, std::int64_t> killed_at;
        for (const auto& login : logins) killed_at[login.name] = peer_->grants(login.name);
        const auto started = store_->agent().start();
        ASSERT_TRUE(started) << started.error().message;
        std::vector<Login> lost;
        for (const auto& login : logins) {
            const auto decided = [&] {
                const auto cause = cause_of(login.name);
                return cause == "login" || (cause.empty() && peer_->grants(login.name) > killed_at[login.name]);
            };
            EXPECT_TRUE(reaches(decided)) << login.name << " is stuck: " << cause_of(login.name);
            if (cause_of(login.name) == "login") lost.push_back(login);
        }
        (lost.empty() ? by_itself : enrolled_again) += 1;
        if (!lost.empty()) {
            EXPECT_THAT(store_->agent().log(), HasSubstr("tillkeeper enroll"));
        }
        enroll(lost);
    }
    EXPECT_GE(by_itself, 2);
    EXPECT_GE(enrolled_again, 2) << "the rig did not hit the window";
    std::cout << "came back by itself " << by_itself << " times, said that it must be enrolled again " << enrolled_again
              << " times\n";
    tills.say("close");
    const auto finished = tills.finish(kPatience);
    ASSERT_TRUE(finished) << finished.error().message;
    const auto sold = static_cast<std::size_t>(tills.tally().sold);
    for (const auto& login : logins)
        EXPECT_TRUE(reaches([&] { return book(login.name).size() >= sold; })) << login.name;
}

// As each update of the package does it: the new token is waited for.
TEST_F(EnrolledBox, StoppedWhileItRenewsComesBackByItself) {
    const std::vector<Login> logins(kEnrolled.begin(), kEnrolled.begin() + 1);
    open(logins);
    if (HasFatalFailure()) return;
    enroll(logins);
    EXPECT_EQ(store_->agent().stop(), 0);
    for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(peer_->delay_answers(1000ms));
        const auto before = peer_->grants("public");
        EXPECT_TRUE(store_->agent().launch());
        EXPECT_TRUE(reaches([&] { return peer_->grants("public") > before; }));
        EXPECT_EQ(store_->agent().stop(), 0);
    }
    EXPECT_TRUE(peer_->delay_answers(0ms));
    const auto started = store_->agent().start();
    ASSERT_TRUE(started) << started.error().message;
    auto tills = sell(20, 0);
    expect_each_sale_once(tills);
    EXPECT_THAT(store_->agent().log(), Not(HasSubstr("enrolled again")));
}

}  // namespace
}  // namespace tillkeeper::lab
