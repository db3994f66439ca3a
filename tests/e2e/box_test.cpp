// tillkeeper-box beside a real daemon, through a real outage: what people see from the door. [box-1]
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>

#include "tests/e2e/lab.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kPatience = 60s;

class BoxProgram : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-box", .tills = 1});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        lamp_ = lab_->folder().path() / "sys/class/leds/green:status";
        fs::create_directories(lamp_);
        for (const char* part : {"trigger", "brightness", "delay_on", "delay_off"})
            ASSERT_TRUE(write_file(lamp_ / part, ""));
        ASSERT_TRUE(write_file(lamp_ / "max_brightness", "1\n"));
    }
    [[nodiscard]] ProcessOptions box(std::vector<std::string> more) const {
        ProcessOptions options;
        options.command = {kBoxProgram, "--socket", lab_->agent().setup().control_socket, "--sysfs",
                           (lab_->folder().path() / "sys").string()};
        options.command.insert(options.command.end(), more.begin(), more.end());
        options.output = options.errors = lab_->folder().path() / "box.log";
        return options;
    }
    // "steady", "slow", "fast" or "off", as the kernel was told.
    [[nodiscard]] std::string light() const {
        if (read_file(lamp_ / "trigger") == "timer") return read_file(lamp_ / "delay_on") == "1000" ? "slow" : "fast";
        return read_file(lamp_ / "brightness") == "1" ? "steady" : "off";
    }
    [[nodiscard]] testing::AssertionResult becomes(const std::string& wanted) const {
        if (wait_until([&] { return light() == wanted; }, kPatience)) return testing::AssertionSuccess();
        return testing::AssertionFailure() << "it is " << light() << "\n"
                                           << read_file(lab_->folder().path() / "box.log");
    }

    std::unique_ptr<Lab> lab_;
    fs::path lamp_;
};

TEST_F(BoxProgram, TheLampSaysWhatTheStoreDoes) {
    auto watching = Process::start(box({"--lamp", "green:status"}));
    ASSERT_TRUE(watching) << watching.error().message;
    EXPECT_TRUE(becomes("steady"));
    ASSERT_TRUE(lab_->cloud().control().cut_network());
    auto tills = lab_->sell({.tills = 1, .sales = 5, .per_second = 100});
    ASSERT_TRUE(tills);
    EXPECT_TRUE(becomes("slow"));
    lab_->broker().kill();
    EXPECT_TRUE(becomes("fast")) << "no sale is taken";
    ASSERT_TRUE(lab_->broker().start());
    EXPECT_TRUE(becomes("slow"));
    ASSERT_TRUE(lab_->cloud().control().clear_faults());
    EXPECT_TRUE(becomes("steady"));
    ASSERT_EQ(lab_->agent().stop(), 0);
    EXPECT_TRUE(becomes("fast")) << "nobody answers";
    EXPECT_EQ((*watching).stop(), 0);
    EXPECT_EQ(light(), "off");
}

TEST_F(BoxProgram, SaysWhatIsWrong) {
    const auto run = [&](std::vector<std::string> more) {
        const auto ended = run_command(box(std::move(more)).command, lab_->folder().path());
        EXPECT_TRUE(ended);
        return ended.value_or(CommandResult{});
    };
    const auto none = run({});
    EXPECT_EQ(none.status, 0);
    EXPECT_THAT(none.errors, testing::HasSubstr("nothing is to be done"));
    const auto wrong = run({"--power-line", "gpiochip0"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.errors, testing::HasSubstr("CHIP:OFFSET"));
    const auto missing = run({"--power-line", "no-such-chip:3:low"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, testing::HasSubstr("gpiodetect"));
}

}  // namespace
}  // namespace tillkeeper::lab
