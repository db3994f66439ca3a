// A lamp as the kernel shows one (Documentation/leds/leds-class.rst), and a GPIO line that is not there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "platform/linux-arm/gpio_line.h"
#include "platform/linux-arm/sysfs_light.h"
#include "tests/platform/driven_loop.h"

namespace tillkeeper {
namespace {

namespace fs = std::filesystem;

class Lamp : public testing::Test {
  protected:
    Lamp() {
        std::string pattern = fs::temp_directory_path() / "platform-lamp-XXXXXX";
        sysfs_ = mkdtemp(pattern.data());
        folder_ = fs::path(sysfs_) / "class/leds/beaglebone:green:usr0";
        fs::create_directories(folder_);
        for (const char* part : {"trigger", "brightness", "delay_on", "delay_off"}) std::ofstream(folder_ / part) << "";
        std::ofstream(folder_ / "max_brightness") << "255\n";
    }
    ~Lamp() override { fs::remove_all(sysfs_); }
    [[nodiscard]] std::string part(const char* name) const {
        std::ifstream file(folder_ / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string sysfs_;
    fs::path folder_;
};

TEST_F(Lamp, ShinesAndBlinksByTheKernel) {
    const auto light = make_light(sysfs_, "beaglebone:green:usr0");
    ASSERT_TRUE(light->show(Blink::kSteady));
    EXPECT_EQ(part("trigger"), "none");
    EXPECT_EQ(part("brightness"), "255");
    ASSERT_TRUE(light->show(Blink::kSlow));
    EXPECT_EQ(part("trigger"), "timer");
    EXPECT_EQ(part("delay_on") + "/" + part("delay_off"), "1000/1000");
    ASSERT_TRUE(light->show(Blink::kFast));
    EXPECT_EQ(part("delay_on") + "/" + part("delay_off"), "125/125");
    ASSERT_TRUE(light->show(Blink::kOff));
    EXPECT_EQ(part("trigger"), "none");
    EXPECT_EQ(part("brightness"), "0");
}

TEST_F(Lamp, SaysWhatIsMissing) {
    EXPECT_EQ(make_light(sysfs_, "red")->show(Blink::kSteady).error().code, ErrorCode::kNotFound);
    fs::remove(folder_ / "delay_on");  // a kernel without the trigger "timer"
    const auto done = make_light(sysfs_, "beaglebone:green:usr0")->show(Blink::kSlow);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("delay_on"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder_ / "delay_on")) << "we make no files there";
}

TEST(GpioLine, ThatIsNotThereIsNamed) {
    DrivenLoop loop;
    for (const char* chip : {"no-such-chip", "/dev/null", ""}) {
        const auto line = GpioLine::watch(*loop, chip, 3, false, [](bool) {});
        ASSERT_FALSE(line) << chip;
        EXPECT_EQ(line.error().code, ErrorCode::kNotFound);
        EXPECT_NE(line.error().message.find("gpiodetect"), std::string::npos);
    }
}

}  // namespace
}  // namespace tillkeeper
