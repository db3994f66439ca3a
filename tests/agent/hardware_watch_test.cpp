#include "agent/hardware_watch.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_hardware.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;

TEST(HardwareWatch, AsksOnceAMinute) {
    fakes::FakeClock clock;
    fakes::FakeHardware hardware;
    HardwareWatch watch(clock, &hardware);
    hardware.now.celsius = 40;
    StoreState state;
    watch.look(state);
    EXPECT_EQ(state.box.model, "A board");
    EXPECT_EQ(state.hardware.celsius, 40);
    hardware.now.celsius = 50;
    clock.advance(59s);
    watch.look(state);
    EXPECT_EQ(state.hardware.celsius, 40);
    clock.advance(1s);
    watch.look(state);
    EXPECT_EQ(state.hardware.celsius, 50);
    EXPECT_EQ(hardware.asked, 2);
}

TEST(HardwareWatch, SaysOnceWhatGetsWorseAndBetter) {
    fakes::FakeClock clock;
    fakes::FakeHardware hardware;
    HardwareWatch watch(clock, &hardware);
    const auto logged = [&] {
        clock.advance(1min);
        StoreState state;
        testing::internal::CaptureStderr();
        watch.look(state);
        return testing::internal::GetCapturedStderr();
    };
    EXPECT_EQ(logged(), "");
    hardware.now.under_voltage = true;
    EXPECT_NE(logged().find("hardware ails=power"), std::string::npos);
    EXPECT_EQ(logged(), "");
    hardware.now.under_voltage = false;
    EXPECT_NE(logged().find("nothing any more"), std::string::npos);
    EXPECT_EQ(logged(), "");
}

TEST(HardwareWatch, WithoutHardwareNothingIsKnown) {
    fakes::FakeClock clock;
    StoreState state;
    HardwareWatch(clock, nullptr).look(state);
    EXPECT_EQ(state.box.model, "");
}

}  // namespace
}  // namespace tillkeeper::agent
