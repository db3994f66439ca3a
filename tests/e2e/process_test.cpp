#include "tests/e2e/process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/e2e/agent_config.h"
#include "tests/e2e/json.h"
#include "tests/e2e/ports.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

Scratch scratch() {
    return Scratch::make("tillkeeper-process-test").value();
}

TEST(Process, KeepsItsOutputAndExitStatus) {
    const auto folder = scratch();
    const auto result = run_command({"sh", "-c", "echo out; echo err >&2; exit 3"}, folder.path());
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, 3);
    EXPECT_EQ(result->output, "out\n");
    EXPECT_EQ(result->errors, "err\n");
}

TEST(Process, SaysWhenAProgramCannotBeExecuted) {
    const auto process = Process::start({.command = {"/no/such/program"}});
    ASSERT_FALSE(process);
    EXPECT_EQ(process.error().code, ErrorCode::kNotFound);
}

TEST(Process, PassesItsEnvironment) {
    const auto folder = scratch();
    ProcessOptions options;
    options.command = {"sh", "-c", "echo $SOME_NAME"};
    options.environment = {{"SOME_NAME", "some value"}};
    options.output = folder.path() / "out";
    auto process = Process::start(options);
    ASSERT_TRUE(process);
    EXPECT_EQ(process->wait(10s), 0);
    EXPECT_EQ(read_file(options.output), "some value\n");
}

TEST(Process, HearsWhatIsSaid) {
    const auto folder = scratch();
    ProcessOptions options;
    options.command = {"head", "-n", "2"};
    options.output = folder.path() / "out";
    options.listens = true;
    auto process = Process::start(options);
    ASSERT_TRUE(process);
    process->say("one");
    process->say("two");
    EXPECT_EQ(process->wait(10s), 0);
    process->say("nobody hears this");
    EXPECT_EQ(read_file(options.output), "one\ntwo\n");
}

TEST(Process, IsKilledAndStopped) {
    auto killed = Process::start({.command = {"cat", "/dev/zero"}});
    ASSERT_TRUE(killed);
    EXPECT_TRUE(killed->running());
    EXPECT_GT(killed->resident_bytes(), 0u);
    killed->kill();
    EXPECT_FALSE(killed->running());
    EXPECT_EQ(killed->wait(0ms), 128 + SIGKILL);

    auto stopped = Process::start({.command = {"cat", "/dev/zero"}});
    ASSERT_TRUE(stopped);
    EXPECT_EQ(stopped->stop(), 128 + SIGTERM);
}

TEST(Process, IsKilledWithItsOwner) {
    pid_t pid = 0;
    {
        auto process = Process::start({.command = {"cat", "/dev/zero"}});
        ASSERT_TRUE(process);
        pid = process->pid();
    }
    EXPECT_NE(::kill(pid, 0), 0);
}

// Gone, or dead and waiting for whoever inherited it to notice.
bool has_ended(pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return stat.empty() || stat.find(") Z") != std::string::npos;
}

TEST(Process, DoesNotOutliveAParentThatIsKilled) {
    const auto folder = scratch();
    const auto file = folder.path() / "pid";
    const pid_t parent = ::fork();
    if (parent == 0) {
        auto process = Process::start({.command = {"cat", "/dev/zero"}});
        if (process) (void)write_file(file, std::to_string(process->pid()) + "\n");
        ::pause();
    }
    ASSERT_TRUE(wait_until([&] { return read_file(file).ends_with('\n'); }, 10s));
    const pid_t grandchild = std::stoi(read_file(file));
    EXPECT_FALSE(has_ended(grandchild));
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    EXPECT_TRUE(wait_until([&] { return has_ended(grandchild); }, 10s));
}

TEST(Wait, EndsWithTheConditionOrWithTheDeadline) {
    int asked = 0;
    EXPECT_TRUE(wait_until([&] { return ++asked == 3; }, 10s));
    EXPECT_EQ(asked, 3);
    EXPECT_FALSE(wait_until([] { return false; }, 20ms));
}

TEST(Ports, AFreePortHasNobodyListening) {
    EXPECT_FALSE(listening(free_port()));
}

TEST(Json, ReadsWhatIsThereAndForgivesWhatIsNot) {
    const auto json = Json::parse(R"({"a": {"b": [1, 2]}, "c": "text"})");
    EXPECT_EQ(json["a"]["b"].items().at(1).number(), 2);
    EXPECT_EQ(json["c"].text(), "text");
    EXPECT_FALSE(json["x"]["y"].exists());
    EXPECT_FALSE(Json::parse("{").exists());
}

TEST(AgentConfig, NamesEveryDestination) {
    AgentSetup setup;
    setup.bus_port = 1234;
    setup.destinations = {{.name = "erp", .url = "https://localhost/erp", .token_url = "https://localhost/token"}};
    const auto text = agent_config(setup);
    EXPECT_NE(text.find("port = 1234\n"), std::string::npos);
    EXPECT_NE(text.find("name = \"erp\"\n"), std::string::npos);
    EXPECT_NE(text.find("[destination.oauth]\n"), std::string::npos);
}

TEST(Scratch, WhatAKilledProgramLeftBehindGoesAndWhatLivesStays) {
    const auto living = scratch();
    const auto dead = std::filesystem::temp_directory_path() / "tillkeeper-process-test-killed";
    const auto other = std::filesystem::temp_directory_path() / "tillkeeper-process-test-another-one";
    for (const auto& folder : {dead, other}) {
        std::filesystem::create_directory(folder);
        ASSERT_TRUE(write_file(folder / ".owner", ""));
    }
    const auto next = scratch();
    EXPECT_TRUE(std::filesystem::exists(living.path()));
    EXPECT_FALSE(std::filesystem::exists(dead));
    EXPECT_TRUE(std::filesystem::exists(other)) << "not a name that we give";
    std::filesystem::remove_all(other);
}

}  // namespace
}  // namespace tillkeeper::lab
