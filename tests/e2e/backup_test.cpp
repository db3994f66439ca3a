// `tillkeeper backup` and `journal preflight` while a store sells, and a store that goes on with the copy. [storage-14]
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST(Backup, IsMadeWhileSalesGoOnAndRestored) {
    auto lab = Lab::open({.name = "tillkeeper-backup", .tills = 2});
    ASSERT_TRUE(lab) << lab.error().message;
    auto& agent = (*lab)->agent();
    const auto file = ((*lab)->folder().path() / "backup.db").string();
    TillsSetup setup;
    setup.tills = 2;
    setup.sales = kUntilClosed;
    setup.per_second = 200;
    auto tills = (*lab)->sell(setup);
    ASSERT_TRUE(tills) << tills.error().message;
    ASSERT_TRUE(wait_until([&] { return tills->tally().accepted >= 100; }, 60s));

    const auto made = agent.command({"backup", file, "--json"});
    ASSERT_TRUE(made);
    ASSERT_EQ(made->status, 0) << made->errors;
    EXPECT_EQ(made->errors, "") << "a pipe gets no progress";
    const auto report = Json::parse(made->output);
    EXPECT_GE(report["entries"].number(), 100);
    const auto accepted = tills->tally().accepted;
    EXPECT_TRUE(wait_until([&] { return tills->tally().accepted > accepted; }, 60s)) << "selling does not go on";
    tills->say("close");
    EXPECT_EQ(agent.command({"backup", file})->status, 1) << "nothing is replaced unasked";
    ASSERT_TRUE(tills->finish(60s));

    ASSERT_EQ(agent.stop(), 0);
    const fs::path data = agent.setup().data_folder;
    for (const auto* name : {"journal.db", "journal.db-wal", "journal.db-shm"}) fs::remove(data / name);
    fs::copy_file(file, data / "journal.db");
    ASSERT_TRUE(agent.start());
    const auto verified = agent.command({"verify", "--json"});
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->status, 0) << verified->output;
    EXPECT_EQ(Json::parse(verified->output)["entries"].number(), report["entries"].number());
}

// As a package asks before it unpacks another version: while the store sells, and where the answer is no. [storage-15]
TEST(Preflight, IsAskedWhileSalesGoOn) {
    auto lab = Lab::open({.name = "tillkeeper-preflight", .tills = 1});
    ASSERT_TRUE(lab) << lab.error().message;
    auto& agent = (*lab)->agent();
    auto tills = (*lab)->sell({.tills = 1, .sales = kUntilClosed, .per_second = 100});
    ASSERT_TRUE(tills) << tills.error().message;
    ASSERT_TRUE(wait_until([&] { return tills->tally().accepted >= 100; }, 60s));

    const auto tried = agent.command({"journal", "preflight", "--json"});
    ASSERT_TRUE(tried);
    ASSERT_EQ(tried->status, 0) << tried->errors;
    const auto report = Json::parse(tried->output);
    EXPECT_GE(report["entries"].number(), 100);
    EXPECT_EQ(report["from"].number(), report["to"].number());
    const auto accepted = tills->tally().accepted;
    EXPECT_TRUE(wait_until([&] { return tills->tally().accepted > accepted; }, 60s)) << "selling does not go on";
    tills->say("close");
    ASSERT_TRUE(tills->finish(60s));

    const auto nowhere = agent.command({"journal", "preflight", "--scratch", "/nowhere/at/all"});
    ASSERT_TRUE(nowhere);
    EXPECT_EQ(nowhere->status, 1) << nowhere->output;
    EXPECT_TRUE(nowhere->errors.contains("/nowhere/at/all")) << nowhere->errors;
    for (const auto& each : fs::directory_iterator(agent.setup().data_folder))
        EXPECT_FALSE(each.path().filename().string().starts_with("preflight")) << each.path();
    EXPECT_EQ(agent.command({"verify"})->status, 0);
}

}  // namespace
}  // namespace tillkeeper::lab
