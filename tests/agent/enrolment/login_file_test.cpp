// Where a refresh token stands: durable before it is used, of one client at one server, and whoever enrolls wins.
#include "agent/enrolment/login_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/bus_access/safe_file.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ALoginFile : public testing::Test {
  protected:
    ALoginFile() {
        std::string pattern = testing::TempDir() + "login-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        client_.issuer = "https://login.example";
        client_.client_id = "store-0042";
    }
    ~ALoginFile() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] LoginFile login() const { return {folder_.string(), "crm", client_}; }
    [[nodiscard]] std::filesystem::path path() const { return folder_ / "logins" / "crm.json"; }
    // From now on nothing can be written there: where the new file would be made, lies a folder.
    void block() const { std::filesystem::create_directory(path().string() + ".new"); }
    void unblock() const { std::filesystem::remove(path().string() + ".new"); }

    std::filesystem::path folder_;
    sync::OAuthClient client_;
};

TEST_F(ALoginFile, says_what_to_do_before_anybody_enrolled) {
    auto file = login();
    const auto token = file.token();
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().message, "this box is not enrolled: tillkeeper enroll crm");
}

// [agent-18]
TEST_F(ALoginFile, keeps_what_was_enrolled_and_what_replaced_it_for_its_owner_alone) {
    auto file = login();
    ASSERT_TRUE(file.enrol("r1"));
    EXPECT_EQ(login().token().value(), "r1");
    ASSERT_TRUE(file.replace("r1", "r2 \"quoted\""));
    EXPECT_EQ(login().token().value(), "r2 \"quoted\"");
    struct stat info{};
    ASSERT_EQ(::stat(path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600U);
    ASSERT_EQ(::stat(path().parent_path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0700U);
}

// [agent-19]
TEST_F(ALoginFile, shows_the_token_to_no_other_server_or_client) {
    ASSERT_TRUE(login().enrol("r1"));
    client_.issuer = "https://elsewhere.example";
    EXPECT_THAT(login().token().error().message, HasSubstr("another client or server: tillkeeper enroll crm"));
    client_.issuer = "https://login.example";
    client_.client_id = "store-0043";
    EXPECT_FALSE(login().token());
    ASSERT_TRUE(login().enrol("r2"));
    EXPECT_EQ(login().token().value(), "r2");
}

// [agent-20]
TEST_F(ALoginFile, an_enrolment_of_the_command_line_wins_over_a_renewal_under_way) {
    auto daemon = login();
    ASSERT_TRUE(daemon.enrol("r1"));
    ASSERT_EQ(daemon.token().value(), "r1");
    ASSERT_TRUE(login().enrol("anew"));
    EXPECT_TRUE(daemon.replace("r1", "r2"));
    EXPECT_EQ(daemon.token().value(), "anew");
    EXPECT_EQ(login().token().value(), "anew");
}

// [agent-18] The old one is used up: it would only lock the box out.
TEST_F(ALoginFile, goes_on_from_memory_while_it_cannot_be_written) {
    auto daemon = login();
    ASSERT_TRUE(daemon.enrol("r1"));
    block();
    const auto kept = daemon.replace("r1", "r2");
    ASSERT_FALSE(kept);
    EXPECT_THAT(kept.error().message, HasSubstr("crm.json"));
    EXPECT_EQ(daemon.token().value(), "r2");
    EXPECT_EQ(login().token().value(), "r1") << "the file is the old one, not half of a new one";
    unblock();
    ASSERT_TRUE(daemon.replace("r2", "r3"));
    EXPECT_EQ(login().token().value(), "r3");

    block();
    ASSERT_FALSE(daemon.replace("r3", "r4"));
    unblock();
    ASSERT_TRUE(login().enrol("anew"));
    EXPECT_EQ(daemon.token().value(), "anew");
}

TEST_F(ALoginFile, what_is_damaged_is_told_and_mended_by_the_next_token) {
    auto daemon = login();
    ASSERT_TRUE(daemon.enrol("r1"));
    ASSERT_EQ(daemon.token().value(), "r1");
    std::ofstream(path()) << "{\"server\":\"https://lo";
    EXPECT_THAT(login().token().error().message, HasSubstr("is damaged: tillkeeper enroll crm"));
    ASSERT_TRUE(daemon.replace("r1", "r2"));
    EXPECT_EQ(login().token().value(), "r2");
}

TEST_F(ALoginFile, that_was_removed_stays_removed) {
    auto daemon = login();
    ASSERT_TRUE(daemon.enrol("r1"));
    std::filesystem::remove(path());
    EXPECT_TRUE(daemon.replace("r1", "r2"));
    EXPECT_FALSE(daemon.token());
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(ALoginFile, needs_the_data_folder) {
    LoginFile file((folder_ / "nowhere").string(), "crm", client_);
    EXPECT_THAT(file.enrol("r1").error().message, HasSubstr("start the daemon once"));
}

}  // namespace
}  // namespace tillkeeper::agent
