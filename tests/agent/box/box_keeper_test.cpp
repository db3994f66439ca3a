// The lamp and the line, with a daemon whose answers the test decides.
#include "agent/box/box_keeper.h"

#include <gtest/gtest.h>

#include "agent/box/box_line.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"

namespace tillkeeper::box {
namespace {

using namespace std::chrono_literals;

class FakeLight final : public Light {
  public:
    Result<void> show(Blink blink) override {
        if (broken) return fail(ErrorCode::kNotFound, "no such lamp");
        shown.push_back(blink);
        return {};
    }
    bool broken = false;
    std::vector<Blink> shown;
};

class Keeper : public testing::Test {
  protected:
    Keeper() {
        http_.respond = [this](const HttpRequest& asked) -> std::optional<HttpResponse> {
            if (asked.method == "POST") {
                told_.push_back(asked.body);
                return fakes::http_answer(hears_ ? 200 : 503, "{}");
            }
            return there_ ? fakes::http_answer(200, R"({"accepting":true,"state":")" + state_ + "\"}")
                          : fakes::http_failure(TransportFailure::kBroken);
        };
    }
    void pass(Duration time) { loop_.advance(time); }

    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeHttp http_{loop_};
    FakeLight light_;
    bool there_ = true;
    bool hears_ = true;
    std::string state_ = "online";
    std::vector<std::string> told_;
    BoxKeeper keeper_{{loop_, clock_, http_, "/run/control.sock", &light_}};
};

TEST_F(Keeper, ShowsEachStateOnce) {
    keeper_.start();
    pass(10s);
    state_ = "offline";
    pass(10s);
    there_ = false;
    pass(10s);
    there_ = true;
    state_ = "online";
    pass(10s);
    keeper_.stop();
    EXPECT_EQ(light_.shown, (std::vector{Blink::kSteady, Blink::kSlow, Blink::kFast, Blink::kSteady, Blink::kOff}));
    EXPECT_EQ(http_.requests.front().unix_socket, "/run/control.sock");
}

TEST_F(Keeper, ALampThatIsMendedShines) {
    light_.broken = true;
    keeper_.start();
    testing::internal::CaptureStderr();
    pass(10s);
    const auto logged = testing::internal::GetCapturedStderr();
    EXPECT_EQ(logged.find("no such lamp"), logged.rfind("no such lamp")) << logged;
    light_.broken = false;
    pass(3s);
    EXPECT_EQ(light_.shown, std::vector{Blink::kSteady});
}

TEST_F(Keeper, TellsTheDaemonOfThePower) {
    keeper_.line(true);
    pass(15ms);
    EXPECT_EQ(told_, std::vector<std::string>{R"({"failing":true})"});
    keeper_.line(false);
    pass(3s);
    EXPECT_EQ(told_.size(), 2U);
    EXPECT_EQ(told_.back(), R"({"failing":false})");
    pass(1h);
    EXPECT_EQ(told_.size(), 2U);
}

TEST_F(Keeper, TellsADaemonThatDidNotHearAgain) {
    hears_ = false;
    keeper_.line(true);
    pass(3500ms);
    EXPECT_EQ(told_.size(), 4U);
    hears_ = true;
    pass(10s);
    EXPECT_EQ(told_.size(), 5U);
}

TEST_F(Keeper, WithoutALampNobodyIsAsked) {
    BoxKeeper blind({loop_, clock_, http_, "/run/control.sock", nullptr});
    blind.start();
    pass(10s);
    blind.stop();
    EXPECT_TRUE(http_.requests.empty());
}

TEST(LineName, IsParsed) {
    EXPECT_EQ(parse_line_name("gpiochip0:17")->offset, 17U);
    EXPECT_FALSE(parse_line_name("gpiochip0:17")->active_low);
    EXPECT_TRUE(parse_line_name("gpiochip0:17:low")->active_low);
    EXPECT_EQ(parse_line_name("/dev/gpiochip1:0")->chip, "/dev/gpiochip1");
    EXPECT_EQ(parse_line_name("30200000.gpio:3")->chip, "30200000.gpio");
    for (const char* none :
         {"", "gpiochip0", ":3", "gpiochip0:", "gpiochip0:x", "gpiochip0:-1", "gpiochip0:3:high", "low"})
        EXPECT_EQ(parse_line_name(none).error().code, ErrorCode::kInvalid) << none;
}

}  // namespace
}  // namespace tillkeeper::box
