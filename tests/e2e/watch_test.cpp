// `tillkeeper status --watch` beside a real daemon that goes and comes back, on a pipe and on a terminal. [agent-8]
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/lab.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

class Watching : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-watch", .tills = 1});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        config_ = (lab_->agent().setup().data_folder.parent_path() / "tillkeeper.toml").string();
    }

    [[nodiscard]] Process watch(std::vector<std::string> command) const {
        ProcessOptions options;
        options.command = std::move(command);
        options.environment = {{"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"}};
        options.output = output();
        options.listens = true;
        auto started = Process::start(options);
        EXPECT_TRUE(started) << started.error().message;
        return std::move(started.value());
    }
    [[nodiscard]] std::filesystem::path output() const { return lab_->folder().path() / "watch.log"; }
    [[nodiscard]] std::string shown() const {
        std::ifstream file(output());
        return {std::istreambuf_iterator<char>(file), {}};
    }
    [[nodiscard]] std::string last_line() const {
        const auto text = shown();
        const auto end = text.empty() ? 0 : text.size() - 1;
        const auto begin = text.rfind('\n', end == 0 ? 0 : end - 1);
        return text.substr(begin == std::string::npos ? 0 : begin + 1);
    }
    [[nodiscard]] bool comes(const std::string& text) const {
        return wait_until([&] { return last_line().contains(text); }, 30s);
    }

    std::unique_ptr<Lab> lab_;
    std::string config_;
};

TEST_F(Watching, GoesOnWhenTheDaemonComesBack) {
    auto watching = watch({kCommandProgram, "--config", config_, "status", "--watch"});
    EXPECT_TRUE(comes(" Online.")) << shown();
    lab_->agent().kill();
    EXPECT_TRUE(comes(" Nothing heard from the daemon: ")) << shown();
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_TRUE(comes(" Online.")) << shown();
    EXPECT_EQ(shown().find('\x1b'), std::string::npos) << "a pipe gets text alone";
    EXPECT_EQ(watching.stop(), 0) << "sales were taken when it ended";
}

TEST_F(Watching, LeavesTheTerminalAsItWas) {
    // `exec`: a shell that stays between would die of the Ctrl-C that is meant for the program, as dash does.
    const std::string command = "exec " + std::string(kCommandProgram) + " --config " + config_ + " status --watch";
    auto terminal = watch({"script", "-qefc", command, (lab_->folder().path() / "typescript").string()});
    EXPECT_TRUE(wait_until([&] { return shown().contains("Online."); }, 30s)) << shown();
    EXPECT_TRUE(shown().contains("\x1b[?1049h\x1b[?25l")) << "no second screen";
    terminal.say("\x03");
    EXPECT_EQ(terminal.wait(30s), 0);
    const auto text = shown();
    EXPECT_GT(text.rfind("\x1b[?25h\x1b[?1049l") + 1, text.rfind("\x1b[?25l")) << "the cursor stays away";
}

}  // namespace
}  // namespace tillkeeper::lab
