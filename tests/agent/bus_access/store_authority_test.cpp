#include "agent/bus_access/store_authority.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "agent/bus_access/client_secret.h"
#include "agent/bus_access/renewal.h"
#include "agent/bus_access/safe_file.h"

namespace tillkeeper::agent {
namespace {

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

class StoreAuthorityTest : public ::testing::Test {
  protected:
    StoreAuthorityTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "authority-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~StoreAuthorityTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] StoreAuthority authority() const { return {folder_ + "/tls", {"till-bus.store"}}; }
    [[nodiscard]] std::string text(const char* name) const { return read_if_there(folder_ + "/tls/" + name).value(); }
    [[nodiscard]] mode_t mode(const char* name) const {
        struct stat info{};
        ::stat((folder_ + "/tls/" + name).c_str(), &info);
        return info.st_mode & 07777;
    }
    void damage(const char* name) const { std::ofstream(folder_ + "/tls/" + name) << "half a fi"; }
    // The exit status of the real openssl, run in the folder; `arguments` are separated by spaces.
    [[nodiscard]] int openssl(const std::string& arguments) const {
        std::istringstream words("openssl " + arguments);
        std::vector<std::string> parts(std::istream_iterator<std::string>(words), {});
        std::vector<char*> raw;
        for (auto& part : parts) raw.push_back(part.data());
        raw.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addchdir_np(&actions, (folder_ + "/tls").c_str());
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        pid_t child = 0;
        const int failed = posix_spawnp(&child, raw[0], &actions, nullptr, raw.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        int status = -1;
        if (failed == 0) ::waitpid(child, &status, 0);
        return failed == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::string folder_;
};

TEST_F(StoreAuthorityTest, TheFirstStartMakesEverythingAndTheSecondNothing) {  // [agent-9]
    EXPECT_EQ(authority().keep(kNow), true);
    EXPECT_EQ(mode("authority.pem"), 0600);
    EXPECT_EQ(mode("agent.pem"), 0600);
    EXPECT_EQ(mode("server.pem"), 0640);
    EXPECT_EQ(text("ca.pem").find("PRIVATE"), std::string::npos);
    EXPECT_EQ(authority().keep(kNow), false);
}

TEST_F(StoreAuthorityTest, OpensslVerifiesWhatItMakes) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    EXPECT_EQ(openssl("verify -x509_strict -CAfile ca.pem -purpose sslserver -verify_hostname localhost server.pem"),
              0);
    EXPECT_EQ(
        openssl("verify -x509_strict -CAfile ca.pem -purpose sslserver -verify_hostname till-bus.store server.pem"), 0);
    EXPECT_EQ(openssl("verify -x509_strict -CAfile ca.pem -purpose sslserver -verify_ip ::1 server.pem"), 0);
    EXPECT_EQ(openssl("verify -x509_strict -CAfile ca.pem -purpose sslclient agent.pem"), 0);
    EXPECT_GT(openssl("verify -CAfile ca.pem -purpose sslclient server.pem"), 0) << "a broker is no till";
    EXPECT_GT(openssl("verify -CAfile ca.pem -purpose sslserver agent.pem"), 0) << "a till is no broker";
}

TEST_F(StoreAuthorityTest, ABoxThatWakesUpIn1970CanStillSpeakToItsBroker) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    EXPECT_EQ(openssl("verify -attime 100 -CAfile ca.pem server.pem"), 0);
    EXPECT_EQ(authority().keep(WallTime{}), false);
    EXPECT_EQ(openssl("verify -attime 100 -crl_check -CRLfile revoked.pem -CAfile ca.pem agent.pem"), 0);
}

TEST_F(StoreAuthorityTest, WhatABoxMakesThatWakesUpIn1970IsGoodToday) {  // [agent-9]
    ASSERT_TRUE(authority().keep(WallTime{}));
    const auto till = authority().issue("till-1", WallTime{});
    ASSERT_TRUE(till);
    EXPECT_EQ(read_certificate(till->certificate_pem)->until, kEarliest + kTillLife);
    EXPECT_EQ(read_certificate(text("server.pem"))->until, kEarliest + kServerLife);
    EXPECT_EQ(authority().keep(kEarliest), false);
}

TEST_F(StoreAuthorityTest, RenewsWhenAThirdOfTheLifeIsLeft) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    const auto first = text("server.pem");
    const WallTime due = kNow + kServerLife - Duration(kServerLife) / 3;
    EXPECT_EQ(authority().keep(due - std::chrono::hours(1)), false);
    EXPECT_EQ(text("server.pem"), first);
    EXPECT_EQ(authority().keep(due), true);
    EXPECT_NE(text("server.pem"), first);
    EXPECT_EQ(read_certificate(text("server.pem"))->until, due + kServerLife);
    EXPECT_EQ(read_certificate(text("agent.pem"))->until, due + kAgentLife);
    EXPECT_EQ(openssl("verify -CAfile ca.pem server.pem"), 0);
}

TEST_F(StoreAuthorityTest, ARenewedAuthorityKeepsWhatTheOldOneSigned) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    const auto till = authority().issue("till-1", kNow);
    ASSERT_TRUE(till);
    std::ofstream(folder_ + "/tls/till.pem") << till->certificate_pem;
    std::filesystem::copy_file(folder_ + "/tls/ca.pem", folder_ + "/tls/old-ca.pem");
    EXPECT_EQ(authority().keep(kNow + kAuthorityLife - kAuthorityLife / 4), true);
    EXPECT_NE(text("ca.pem"), text("old-ca.pem"));
    EXPECT_EQ(openssl("verify -CAfile ca.pem till.pem"), 0) << "the broker lets an old till in";
    EXPECT_EQ(openssl("verify -CAfile old-ca.pem server.pem"), 0) << "an old till believes the broker";
}

TEST_F(StoreAuthorityTest, WhatIsDamagedIsMadeAgainButNotTheAuthority) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    for (const char* name : {"server.pem", "agent.pem", "ca.pem"}) {
        damage(name);
        EXPECT_EQ(authority().keep(kNow), true) << name;
        EXPECT_EQ(authority().keep(kNow), false) << name;
    }
    damage("authority.pem");
    const auto kept = authority().keep(kNow);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(text("authority.pem"), "half a fi");
    std::filesystem::remove(folder_ + "/tls/authority.pem");
    const auto gone = authority().keep(kNow);
    ASSERT_FALSE(gone) << "tills trust the one that is gone";
    EXPECT_EQ(gone.error().code, ErrorCode::kCorrupt);
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/tls/authority.pem"));
}

TEST_F(StoreAuthorityTest, RevokesAllOfATillOrAllButTheNewest) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    const auto first = authority().issue("till-1", kNow);
    const auto second = authority().issue("till-1", kNow);
    const auto other = authority().issue("till-2", kNow);
    ASSERT_TRUE(first && second && other);
    const auto write = [&](const char* name, const Identity& identity) {
        std::ofstream(folder_ + "/tls/" + name) << identity.certificate_pem;
    };
    write("first.pem", *first);
    write("second.pem", *second);
    write("other.pem", *other);
    const std::string verify = "verify -crl_check -CRLfile revoked.pem -CAfile ca.pem ";
    EXPECT_EQ(openssl(verify + "first.pem"), 0);
    EXPECT_EQ(authority().revoke("till-1", read_certificate(second->certificate_pem)->serial), 1);
    EXPECT_GT(openssl(verify + "first.pem"), 0);
    EXPECT_EQ(openssl(verify + "second.pem"), 0);
    EXPECT_EQ(authority().revoke("till-1"), 1);
    EXPECT_EQ(authority().revoke("till-1"), 0);
    EXPECT_GT(openssl(verify + "second.pem"), 0);
    EXPECT_EQ(openssl(verify + "other.pem"), 0);
}

TEST_F(StoreAuthorityTest, AHostThatWouldSmuggleInAnotherIsRefused) {  // [agent-9]
    const auto kept = StoreAuthority(folder_ + "/tls", {"a,DNS:bank.example"}).keep(kNow);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ErrorCode::kInvalid);
}

TEST_F(StoreAuthorityTest, ABrokerThatIsCalledOtherwiseGetsAnotherCertificate) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    const auto keep = [&](const std::vector<std::string>& hosts) {
        return StoreAuthority(folder_ + "/tls", hosts).keep(kNow);
    };
    EXPECT_EQ(keep({"till-bus.store", "bus.example"}), true);
    EXPECT_EQ(openssl("verify -CAfile ca.pem -verify_hostname bus.example server.pem"), 0);
    EXPECT_EQ(keep({"till-bus.store", "bus.example"}), false);
    EXPECT_EQ(keep({"bus.example", "till-bus.store"}), false) << "in another order they are the same";
    EXPECT_EQ(keep({"bus.example", "till-bus.store", "2001:DB8:0::1", "192.0.2.7"}), true);
    EXPECT_EQ(keep({"bus.example", "till-bus.store", "2001:db8::1", "192.0.2.7"}), false) << "however it is written";
}

TEST_F(StoreAuthorityTest, WhatAnotherAuthoritySignedIsMadeAgain) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    const StoreAuthority other(folder_ + "/other", {"till-bus.store"});
    ASSERT_TRUE(other.keep(kNow));
    for (const char* name : {"server.pem", "agent.pem", "revoked.pem"}) {
        std::filesystem::copy_file(other.path(name), folder_ + "/tls/" + name,
                                   std::filesystem::copy_options::overwrite_existing);
        EXPECT_EQ(authority().keep(kNow), true) << name;
        EXPECT_EQ(authority().keep(kNow), false) << name;
    }
    EXPECT_EQ(openssl("verify -crl_check -CRLfile revoked.pem -CAfile ca.pem agent.pem"), 0);
}

TEST_F(StoreAuthorityTest, NoRevocationIsLostByADamagedFile) {  // [agent-9]
    ASSERT_TRUE(authority().keep(kNow));
    const auto till = authority().issue("till-1", kNow);
    ASSERT_TRUE(till);
    std::ofstream(folder_ + "/tls/first.pem") << till->certificate_pem;
    ASSERT_EQ(authority().revoke("till-1"), 1);
    const std::string verify = "verify -crl_check -CRLfile revoked.pem -CAfile ca.pem first.pem";
    damage("revoked.pem");
    EXPECT_EQ(authority().keep(kNow), true) << "made again from what was issued";
    EXPECT_GT(openssl(verify), 0);

    const auto issued = text("issued");
    for (const std::string& bad : {issued + "till-2 0A\n", issued + "till-2 xyz 2027-01-01T00:00:00Z good\n",
                                   issued + "till-2 0A 2027-01-01T00:00:00Z perhaps\n", std::string("half a fi")}) {
        std::ofstream(folder_ + "/tls/issued") << bad;
        EXPECT_EQ(authority().issue("till-3", kNow).error().code, ErrorCode::kCorrupt) << bad;
        EXPECT_EQ(authority().revoke("till-3").error().code, ErrorCode::kCorrupt) << bad;
        EXPECT_EQ(text("issued"), bad) << "a person looks at it as it is";
        EXPECT_GT(openssl(verify), 0);
    }
    std::filesystem::remove(folder_ + "/tls/issued");
    const auto gone = authority().revoke("till-3");
    ASSERT_FALSE(gone) << "the list names one that nobody issued";
    EXPECT_EQ(gone.error().code, ErrorCode::kCorrupt);
    EXPECT_GT(openssl(verify), 0);
}

TEST_F(StoreAuthorityTest, WithoutTheLockNothingIsChanged) {  // [agent-9]
    std::filesystem::create_directories(folder_ + "/tls/.turn");
    ASSERT_FALSE(authority().keep(kNow));
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/tls/ca.pem"));
}

TEST_F(StoreAuthorityTest, ItIsRememberedThatTheBrokerHasToBeTold) {  // [agent-9]
    ASSERT_EQ(authority().keep(kNow), true);
    EXPECT_TRUE(authority().untold());
    EXPECT_EQ(authority().keep(kNow), false);
    EXPECT_TRUE(authority().untold()) << "nobody has told it";
    authority().told();
    EXPECT_FALSE(authority().untold());
}

TEST_F(StoreAuthorityTest, WhatRootMakesBelongsToWhomTheFolderBelongs) {  // [agent-9]
    if (::geteuid() != 0) {
        std::printf("not run: only root can give files away\n");
        return;
    }
    constexpr uid_t kNobody = 65534;
    ASSERT_EQ(::chown(folder_.c_str(), kNobody, kNobody), 0);
    ASSERT_TRUE(authority().keep(kNow));
    ASSERT_TRUE(authority().issue("till-1", kNow));
    for (const char* name : {".", ".turn", "authority.pem", "server.pem", "revoked.pem", "issued"}) {
        struct stat info{};
        ASSERT_EQ(::stat((folder_ + "/tls/" + name).c_str(), &info), 0) << name;
        EXPECT_EQ(info.st_uid, kNobody) << name;
    }
}

TEST(ClientSecret, IsMadeOnceAndForItsOwnerOnly) {  // [agent-9]
    std::string pattern = (std::filesystem::temp_directory_path() / "client-XXXXXX").string();
    const std::string folder = ::mkdtemp(pattern.data());
    const auto first = client_secret(folder + "/data/bus-client");
    ASSERT_TRUE(first);
    EXPECT_EQ(first->size(), 32U);
    EXPECT_EQ(client_secret(folder + "/data/bus-client"), *first);
    struct stat info{};
    ::stat((folder + "/data/bus-client").c_str(), &info);
    EXPECT_EQ(info.st_mode & 07777, 0600U);
    std::filesystem::remove_all(folder);
}

TEST(SafeFile, KeepsTheModeOfWhatItReplacesAndLeavesNothingBeside) {
    std::string pattern = (std::filesystem::temp_directory_path() / "safe-XXXXXX").string();
    const std::string folder = ::mkdtemp(pattern.data());
    const std::string path = folder + "/file";
    ASSERT_TRUE(write_safely(path, "one", 0600));
    ::chmod(path.c_str(), 0640);
    std::ofstream(path + ".new") << "left by a writer that was killed";
    ASSERT_TRUE(write_safely(path, "two", 0600));
    EXPECT_EQ(read_if_there(path), "two");
    struct stat info{};
    ::stat(path.c_str(), &info);
    EXPECT_EQ(info.st_mode & 07777, 0640U);
    ASSERT_TRUE(write_safely(path, "a secret now", 0600, OldMode::kReplaced));
    ::stat(path.c_str(), &info);
    EXPECT_EQ(info.st_mode & 07777, 0600U);
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tillkeeper::agent
