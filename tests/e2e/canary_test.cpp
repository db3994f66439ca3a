// Planted names and secrets, and every byte that a store keeps on its disk. [storage-10] [agent-13]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <map>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/collections.h"
#include "tests/e2e/fetch.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kPatience = 60s;
const std::string kMember = "M-7Qx2vK9pTz";
const std::vector<std::string> kPersonal{"Zsxwq Vbnkjhuytr", "zq.vbk+77@xjw.example", "+4915199887766", kMember};
const std::string kKeyHex = "8c1f0a6b55e3d29740ab1c7ef9d86b3245c7d01e9f6a8b3c2d4e5f60718293a4";

std::string sale(const std::string& id, const std::string& more, int total = 1530) {
    return R"({"id":")" + id +
           R"(","type":"sale","till_sequence":7,"occurred_at":"2026-11-20T10:42:07.120+01:00",)"
           R"("business_day":"2026-11-20","currency":"EUR","receipt":"R-)" +
           id + R"(","lines":[{"sku":"85123A","description":"heart","quantity":6,"unit_price":255,"amount":1530}],)" +
           R"("tenders":[{"type":"card","amount":1530}],"total":)" + std::to_string(total) + more + '}';
}

// Beside it nothing is compressed away: the search finds the words in the file of a journal that is not sealed.
std::string noise() {
    std::string text;
    std::uint64_t state = 88172645463325252;
    for (int i = 0; i < 800; ++i) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text += static_cast<char>('#' + state % 57);
    }
    return text;
}

std::string of_member(const std::string& more = "") {
    return R"(,"member_id":")" + kMember + R"(","customer":{"name":")" + kPersonal[0] + R"(","email":")" +
           kPersonal[1] + R"("},"note":"call )" + kPersonal[2] + R"(","signature":")" + noise() + "\"" + more;
}

// "file: what was found in it", one for each of `words` and file below `folder`.
std::vector<std::string> found(const std::filesystem::path& folder, const std::vector<std::string>& words,
                               const std::vector<std::filesystem::path>& but_not = {}) {
    std::vector<std::string> out;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        if (!file.is_regular_file() || std::ranges::find(but_not, file.path()) != but_not.end()) continue;
        const std::string bytes = read_file(file.path());
        for (const auto& word : words)
            if (bytes.find(word) != std::string::npos) out.push_back(file.path().string() + ": " + word);
    }
    return out;
}

class Canary : public ::testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        auto keys = Scratch::make("tillkeeper-canary-key");
        ASSERT_TRUE(keys) << keys.error().message;
        keys_.emplace(std::move(*keys));
        ASSERT_TRUE(write_file(key_file(), kKeyHex + "\n", 0600));
        LabOptions options{.name = "tillkeeper-canary", .tills = 1};
        options.agent.arguments = {"--verbose"};
        options.more = [this](Cloud& cloud) { return collections(cloud); };
        if (GetParam()) options.agent.more = "\n[journal]\nkey_file = \"" + key_file().string() + "\"\n";
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        auto till = BusPeer::connect(lab_->broker(), "till-1", till::MqttVersion::k5,
                                     std::string(kTillTopics) + "till-1/replies");
        ASSERT_TRUE(till) << till.error().message;
        till_ = std::move(*till);
    }
    void TearDown() override {
        if (!HasFailure() || !lab_) return;
        lab_->folder().keep();
        std::cerr << "the store is in " << lab_->folder().path() << '\n';
    }

    // Further configuration.
    virtual std::string collections(Cloud& /*cloud*/) { return {}; }

    [[nodiscard]] std::filesystem::path key_file() const { return keys_->path() / "journal.key"; }
    // Where the agent and the broker keep what they keep; the rest of the lab is the cloud.
    [[nodiscard]] std::filesystem::path agent_folder() const { return lab_->folder().path() / "agent"; }

    // Its outcome.
    std::string hand_over(const std::string& transaction) {
        EXPECT_TRUE(till_->say(std::string(kTillTopics) + "till-1/transactions", transaction));
        const auto heard = till_->hear();
        return heard ? Json::parse(heard->payload)["outcome"].text() : "no answer";
    }
    CommandResult command(std::vector<std::string> arguments) {
        auto result = lab_->agent().command(std::move(arguments));
        EXPECT_TRUE(result) << result.error().message;
        return result ? *result : CommandResult{};
    }
    bool held_at_erp(std::int64_t count) {
        return wait_until(
            [&] {
                auto status = lab_->agent().status();
                return status && (*status)["destinations"]["erp"]["held"].number() == count;
            },
            kPatience);
    }

    // Every way that such data takes: accepted, quarantined, held with an echo, repaired, an id used again, refused.
    void sell() {
        ASSERT_TRUE(lab_->cloud().control().set_fault(
            R"({"destination":"erp","mode":"reject_item","items":["held","repaired"],"reason":"no customer )" +
            kPersonal[0] + "\"}"));
        EXPECT_EQ(hand_over(sale("good", of_member())), "accepted");
        EXPECT_EQ(hand_over(sale("totals", of_member(), 99)), "quarantined");
        EXPECT_EQ(hand_over(sale("good", of_member(R"(,"again":true)"))), "quarantined");
        EXPECT_EQ(hand_over(sale("card", of_member(R"(,"paid":"4111111111111111")"))), "refused");
        EXPECT_EQ(hand_over(sale("held", of_member())), "accepted");
        EXPECT_EQ(hand_over(sale("repaired", of_member())), "accepted");
        EXPECT_EQ(hand_over(sale("other", R"(,"member_id":"somebody else")")), "accepted");
        EXPECT_EQ(hand_over(sale("listed", R"(,"member_id":[")" + kMember + "\"]")), "quarantined");
        EXPECT_EQ(hand_over(sale("returned", R"(,"refers_to":"good","note":")" + kPersonal[0] + '"')), "accepted");
        ASSERT_TRUE(held_at_erp(2));
        const auto repair = command({"queue", "repair", "5", "--destination", "erp", "--why", "typing error",
                                     "--transaction", sale("repaired", of_member(R"(,"tax_code":"A7")"))});
        EXPECT_EQ(repair.status, 0) << repair.errors;
        EXPECT_TRUE(held_at_erp(2));
    }

    void expect_secrets_in_their_own_files_only() {
        const std::vector<std::string> secrets{Broker::password_of("till-1"), Broker::password_of("tillkeeper"),
                                               client_secret(), kKeyHex, raw_key()};
        const auto& broker = lab_->broker();
        EXPECT_THAT(found(agent_folder(), secrets), IsEmpty());
        EXPECT_THAT(found(broker.folder(), secrets, {broker.users_file(), broker.agent_password_file()}), IsEmpty());
    }
    std::string client_secret() {
        const auto erp = lab_->cloud().destination("erp");
        const std::string secret = read_file(erp.secret_file);
        return secret.substr(0, secret.find('\n'));
    }
    static std::string raw_key() {
        std::string key;
        for (std::size_t i = 0; i < kKeyHex.size(); i += 2)
            key += static_cast<char>(std::stoi(kKeyHex.substr(i, 2), nullptr, 16));
        return key;
    }
    std::vector<std::string> personal_on_disk() {
        auto out = found(agent_folder(), kPersonal);
        const auto at_broker = found(lab_->broker().folder(), kPersonal);
        out.insert(out.end(), at_broker.begin(), at_broker.end());
        return out;
    }
    void expect_nobody_tells_it() {
        for (const auto* path : {"/", "/view?q=R-good", "/receipt?q=R-good", "/metrics", "/api/status", "/healthz"}) {
            const auto answer = fetch(lab_->agent().page() + path);
            ASSERT_TRUE(answer);
            for (const auto& word : kPersonal) EXPECT_THAT(answer->body, Not(HasSubstr(word))) << path;
        }
        for (const std::vector<std::string>& arguments : {std::vector<std::string>{"status", "--json"},
                                                          {"queue", "list", "--json"},
                                                          {"queue", "show", "1", "--json"},
                                                          {"queue", "show", "4", "--json"},
                                                          {"find", "R-good", "--json"}}) {
            const auto told = command(arguments);
            for (const auto& word : kPersonal) EXPECT_THAT(told.output + told.errors, Not(HasSubstr(word)));
        }
    }

    std::optional<Scratch> keys_;
    std::unique_ptr<Lab> lab_;
    std::unique_ptr<BusPeer> till_;
};

TEST_P(Canary, IsFoundNowhereAfterAnErasure) {
    sell();
    expect_secrets_in_their_own_files_only();
    if (GetParam())
        EXPECT_THAT(personal_on_disk(), IsEmpty()) << "sealed";
    else
        EXPECT_THAT(found(agent_folder() / "data", {kPersonal[1], kPersonal[2]}), Not(IsEmpty()))
            << "else the search proves nothing";

    const auto careless = command({"erase", "member", kMember, "--why", "card 4111 1111 1111 1111", "--who", "anna"});
    EXPECT_EQ(careless.status, 1) << "the reason stays in the journal";
    const auto erased = command({"erase", "member", kMember, "--why", "asked for it", "--who", "anna"});
    EXPECT_EQ(erased.status, 0) << erased.errors;
    EXPECT_THAT(erased.output, HasSubstr("erased: 7 transactions of this member; chain verified"));
    EXPECT_THAT(personal_on_disk(), IsEmpty());
    expect_nobody_tells_it();

    const auto shown = command({"queue", "show", "1", "--json"});
    for (const auto* fiscal : {R"("total":1530)", R"("receipt":"R-good")", R"("sku":"85123A")", R"("id":"good")"})
        EXPECT_THAT(shown.output, HasSubstr(fiscal));
    EXPECT_EQ(hand_over(sale("good", of_member())), "duplicate") << "the till may ask again";
    EXPECT_THAT(command({"erase", "member", kMember, "--why", "asked again"}).output,
                HasSubstr("No transaction of this member is here."));
    EXPECT_THAT(personal_on_disk(), IsEmpty()) << "nor does the repetition bring it back";

    EXPECT_EQ(lab_->agent().stop(), 0);
    EXPECT_THAT(personal_on_disk(), IsEmpty());
    EXPECT_EQ(command({"verify"}).status, 0);
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_EQ(command({"verify"}).status, 0);
    expect_secrets_in_their_own_files_only();
}

TEST_P(Canary, ReasonsMustNotNameTheMember) {
    const auto refused = command({"erase", "member", kMember, "--why", "customer " + kMember});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.errors, HasSubstr("must not contain the member's id"));
    EXPECT_EQ(command({"erase", "member", kMember}).status, 2) << "a reason is required";
}

TEST_P(Canary, SaysWhatIsNotHereAndWhatStays) {
    EXPECT_EQ(hand_over(sale(kMember, R"(,"member_id":"somebody else")")), "accepted");
    const auto none = command({"erase", "member", kMember, "--why", "asked for it"});
    EXPECT_EQ(none.status, 1);
    EXPECT_THAT(none.output, HasSubstr("No transaction of this member is here."));
    EXPECT_THAT(none.output, HasSubstr("1 entries carry this id as receipt, type or id: these stay"));
    EXPECT_THAT(none.errors, Not(StartsWith(":")));

    const std::vector<std::string> from_input{"sh",
                                              "-c",
                                              R"(printf '%s\n' "$0" | "$@")",
                                              "somebody else",
                                              kCommandProgram,
                                              "--socket",
                                              lab_->agent().setup().control_socket.string(),
                                              "erase",
                                              "member",
                                              "-",
                                              "--why",
                                              "asked for it"};
    const auto erased = run_command(from_input, lab_->folder().path());
    ASSERT_TRUE(erased) << erased.error().message;
    EXPECT_EQ(erased->status, 0) << erased->errors;
    EXPECT_THAT(erased->output, HasSubstr("erased: 1 transactions of this member; chain verified"));
    EXPECT_THAT(erased->errors, Not(StartsWith(":")));
}

// The member is in the cloud's collections, too, and in the store's copy of them.
class CopiedCanary : public Canary {
  protected:
    std::string collections(Cloud& cloud) override {
        EXPECT_TRUE(cloud.control().tell(
            "/collections", R"({"collection":"members","set":[{"member_id":")" + kMember + R"(","name":")" +
                                kPersonal[0] + R"(","email":")" + kPersonal[1] + R"(","phone":")" + kPersonal[2] +
                                R"(","points":40},{"member_id":"somebody else","points":1}]})"));
        return collections_of(cloud, {});
    }
    // By the copy: the cloud is not reached.
    std::string outcome_of(const std::string& member) {
        const std::string id = "r-" + std::to_string(++asked_);
        EXPECT_TRUE(till_->say(std::string(kTillTopics) + "till-1/lookups/members",
                               R"({"request_id":")" + id + R"(","key":")" + member + "\"}"));
        while (const auto heard = till_->hear()) {
            const auto answer = Json::parse(heard->payload);
            if (answer["request_id"].text() == id && !answer["deferred"].is_true()) return answer["outcome"].text();
        }
        return "no answer";
    }
    int asked_ = 0;
};

// [storage-12]
TEST_P(CopiedCanary, IsReadableNowhereAndGoesWithAnErasure) {
    ASSERT_TRUE(lab_->cloud().control().set_fault(R"({"destination":"live","mode":"status","status":500})"));
    for (const std::string& member : {kMember, std::string("somebody else")})
        ASSERT_TRUE(wait_until([&] { return outcome_of(member) == "found"; }, kPatience)) << "the copy has " << member;
    ASSERT_TRUE(lab_->cloud().control().cut_network());
    EXPECT_THAT(personal_on_disk(), IsEmpty()) << "texts are sealed, keys are hashed";
    EXPECT_THAT(command({"erase", "member", kMember, "--why", "asked for it"}).errors, Not(HasSubstr("cannot")));
    EXPECT_NE(outcome_of(kMember), "found");
    EXPECT_EQ(outcome_of("somebody else"), "found") << "who stays is found";
    EXPECT_EQ(lab_->agent().stop(), 0);
    EXPECT_THAT(personal_on_disk(), IsEmpty());
    expect_secrets_in_their_own_files_only();
}

INSTANTIATE_TEST_SUITE_P(PlainAndSealed, CopiedCanary, ::testing::Bool(),
                         [](const auto& sealed) { return sealed.param ? "Sealed" : "Plain"; });

INSTANTIATE_TEST_SUITE_P(PlainAndSealed, Canary, ::testing::Bool(),
                         [](const auto& sealed) { return sealed.param ? "Sealed" : "Plain"; });

}  // namespace
}  // namespace tillkeeper::lab
