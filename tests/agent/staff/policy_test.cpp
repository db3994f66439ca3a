// PINs, people, how soon one may try again, and how long one stays signed in.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "agent/staff/people.h"
#include "agent/staff/sessions.h"
#include "agent/staff/sign_in_limit.h"
#include "platform/crypto.h"
#include "platform/password_hash.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
constexpr int kFast = 10;  // iterations

std::string hex(std::string_view bytes) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

MonotonicTime at(Duration time) {
    return MonotonicTime(24h * 30 + time);
}

TEST(Pin, IsNotWhatEverybodyTriesFirst) {  // [agent-50]
    for (const auto* weak : {"123456", "654321", "111111", "000000", "121212", "123123", "890123", "135791", "12345",
                             "12345a", "", " 482915", "48291548291548"})
        EXPECT_FALSE(pin_fault(weak).empty()) << weak;
    EXPECT_FALSE(pin_fault(std::string(33, '4') + "82915").empty());
    for (const auto* fine : {"482915", "112358", "04829157", "123457"}) EXPECT_TRUE(pin_fault(fine).empty()) << fine;
}

TEST(Pin, ItsHashIsThatOfTheStandard) {  // RFC 7914, section 11
    EXPECT_EQ(hex(pbkdf2_sha256("passwd", "salt", 1).value()),
              "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
}

TEST(Pin, IsKeptAsASlowHashUnderASaltOfItsOwn) {  // [agent-50]
    const auto one = hash_pin("482915", kFast).value();
    const auto two = hash_pin("482915", kFast).value();
    EXPECT_NE(one.salt, two.salt);
    EXPECT_NE(one.hash, two.hash);
    EXPECT_TRUE(is_pin(one, "482915"));
    EXPECT_FALSE(is_pin(one, "482916"));
    EXPECT_FALSE(is_pin(one, ""));
    EXPECT_GE(kPinIterations, 600'000) << "OWASP's figure";
}

class PeopleTest : public testing::Test {
  protected:
    PeopleTest() {
        std::string pattern = testing::TempDir() + "people-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~PeopleTest() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] People people() const { return People(folder_); }
    void add(const std::string& name, const std::string& pin) const {
        ASSERT_TRUE(people().set({name, hash_pin(pin, kFast).value()}));
    }
    std::string folder_;
};

TEST_F(PeopleTest, AreKeptInAFileOfTheirOwn) {  // [agent-50]
    EXPECT_TRUE(people().all().value().empty());
    add("Jörg Müller", "482915");
    add("Anna", "593026");
    struct stat facts{};
    ASSERT_EQ(::stat((folder_ + "/staff").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    std::ifstream file(folder_ + "/staff");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("482915")));
    EXPECT_EQ(people().all().value().size(), 2U);
    EXPECT_EQ(people().recognise("jörg müller", "482915").value()->name, "Jörg Müller") << "capitals do not matter";
    EXPECT_FALSE(people().recognise("Anna", "482915").value()) << "another's PIN";
    EXPECT_FALSE(people().recognise("Berta", "482915").value());
}

TEST_F(PeopleTest, WhoIsRemovedOrHasAnotherPinMayNotGoOn) {  // [agent-51]
    add("Anna", "482915");
    const auto anna = *people().recognise("Anna", "482915").value();
    EXPECT_TRUE(people().still_there(anna));
    add("anna", "593026");
    EXPECT_FALSE(people().still_there(anna));
    EXPECT_FALSE(people().recognise("Anna", "482915").value()) << "the old PIN";
    EXPECT_EQ(people().all().value().size(), 1U) << "a name once, whatever its capitals";
    EXPECT_TRUE(people().remove("ANNA").value());
    EXPECT_FALSE(people().remove("Anna").value());
}

TEST_F(PeopleTest, ADamagedFileLetsNobodyIn) {  // [agent-50]
    for (const std::string line : {"Anna", "Anna:0:YQ:YQ", "Anna:600000:YQ:", "Anna:-1:YQ:YQ", "Anna:10:YQ:YQ:YQ",
                                   ":10:YQ:YQ", "Anna:9999999999:YQ:YQ"}) {
        std::ofstream(folder_ + "/staff") << line << '\n';
        EXPECT_EQ(people().recognise("Anna", "482915").error().code, ErrorCode::kCorrupt) << line;
    }
}

TEST(PersonName, IsAnyNameThatALineCanHold) {
    for (const auto* fine : {"Anna", "Jörg Müller", "Николай", "A. O'Neill-Smith"})
        EXPECT_TRUE(name_fault(fine).empty()) << fine;
    for (const auto& odd : {std::string(), std::string("a:b"), std::string("a\nb"), std::string(" Anna"),
                            std::string("\xff"), std::string(41, 'a'), std::string("4111 1111 1111 1111")})
        EXPECT_FALSE(name_fault(odd).empty()) << odd;
}

TEST(SignInLimit, EachFurtherAttemptWaitsTwiceAsLong) {  // [agent-52]
    SignInLimit limit;
    auto now = at(0s);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.admit("tablet", now), 0s);
    for (const Duration wait : {30s, 60s, 120s, 240s, 480s, 900s, 900s}) {
        EXPECT_EQ(limit.admit("tablet", now), wait);
        EXPECT_EQ(limit.admit("tablet", now + wait - 1us), 1us) << "asking does not make it longer";
        now += wait;
        EXPECT_EQ(limit.admit("tablet", now), 0s);
    }
    EXPECT_GT(limit.admit("tablet", now), 0s);
    EXPECT_EQ(limit.admit("tablet", now + 1h), 0s) << "forgotten";
}

TEST(SignInLimit, ARightPinForgivesThisDeviceOnly) {  // [agent-52]
    SignInLimit limit;
    for (int i = 0; i < 3; ++i) ASSERT_EQ(limit.admit("tablet", at(0s)), 0s);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(limit.admit("phone", at(0s)), 0s);
    limit.succeeded("tablet", at(0s));
    EXPECT_EQ(limit.admit("tablet", at(0s)), 0s);
    EXPECT_EQ(limit.admit("phone", at(0s)), 30s);
}

TEST(SignInLimit, ManyDevicesTogetherAreHeldUpAndATrustedOneIsNot) {  // [agent-52]
    SignInLimit limit;
    ASSERT_EQ(limit.admit("tablet", at(0s)), 0s);
    limit.succeeded("tablet", at(0s));
    int tried = 0;
    for (int device = 0; device < 10'000; ++device)
        tried += limit.admit("10.0." + std::to_string(device), at(1s)) == Duration::zero();
    EXPECT_EQ(tried, 20) << "of a million PINs";
    int in_a_day = 0;
    for (int second = 0; second < 86'400; second += 10)
        for (int device = 0; device < 3; ++device)
            in_a_day += limit.admit(std::to_string(second) + std::to_string(device), at(1s + 1s * second)) == 0s;
    EXPECT_LE(in_a_day, 900) << "less than a thousandth of all PINs";
    EXPECT_EQ(limit.admit("tablet", at(3h)), 0s) << "the store's own";
    EXPECT_GT(limit.admit("another", at(24h)), 0s);
}

TEST(SignInLimit, RemembersABoundedNumberOfDevices) {  // [agent-52]
    SignInLimit limit;
    for (int i = 0; i < 3; ++i) ASSERT_EQ(limit.admit("first", at(0s)), 0s);
    for (int hour = 1; hour < 600; ++hour) static_cast<void>(limit.admit(std::to_string(hour), at(hour * 1h)));
    EXPECT_EQ(limit.admit("first", at(600h)), 0s);
}

class SessionsTest : public testing::Test {
  protected:
    Sessions sessions_;
    void begin(const std::string& id, Duration time) { sessions_.begin({"Anna", {}}, id, "token-of-" + id, at(time)); }
    bool is_there(const std::string& id, Duration time) { return sessions_.find(id, at(time)) != nullptr; }
};

TEST_F(SessionsTest, EndWhenNobodyUsesThemAndAtTheLatestAfterHalfAnHour) {  // [agent-51]
    begin("a", 0s);
    EXPECT_TRUE(is_there("a", 10min - 1us));
    EXPECT_FALSE(is_there("a", 10min)) << "looking is no use";
    begin("b", 0s);
    for (const Duration time : {9min, 18min, 27min}) {
        EXPECT_TRUE(is_there("b", time));
        sessions_.used("b", at(time));
    }
    EXPECT_TRUE(is_there("b", 30min - 1us));
    EXPECT_FALSE(is_there("b", 30min));
}

TEST_F(SessionsTest, AreKnownByTheirWholeIdAndEndOnceAndForAll) {  // [agent-51]
    begin("abc", 0s);
    for (const auto* other : {"", "ab", "abcd", "ABC"}) EXPECT_FALSE(is_there(other, 0s)) << other;
    EXPECT_EQ(sessions_.find("abc", at(0s))->token, "token-of-abc");
    sessions_.end("abc");
    EXPECT_FALSE(is_there("abc", 0s)) << "a replayed cookie";
}

TEST_F(SessionsTest, AreFew) {  // [agent-51]
    for (std::size_t i = 0; i <= Sessions::kMost; ++i) begin(std::to_string(i), 1s * static_cast<int>(i));
    EXPECT_FALSE(is_there("0", 1min));
    EXPECT_TRUE(is_there("1", 1min));
}

}  // namespace
}  // namespace tillkeeper::agent
