// What people are told of a box that is ill. [agent-103]
#include "agent/doctor/hardware_findings.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;

const HardwareIdentity kBox{.model = "A board", .serial = "S-1"};

// The only finding of such a box.
Finding only(const HardwareState& state) {
    const auto all = hardware_findings(kBox, state);
    EXPECT_EQ(all.size(), 1U);
    if (all.size() == 1 && all[0].health != Health::kFine) {
        EXPECT_NE(all[0].meaning, "");
        EXPECT_NE(all[0].remedy, "");
    }
    return all.empty() ? Finding{} : all[0];
}

HardwareState flash(std::optional<int> used, SpareBlocks spare) {
    HardwareState state;
    state.flash = {{.device = "mmcblk1", .used_percent = used, .spare = spare}};
    return state;
}

TEST(HardwareFindings, ABoxThatTellsNothingIsNotSpokenOf) {
    EXPECT_TRUE(hardware_findings({}, {}).empty());
}

TEST(HardwareFindings, AWellBoxIsFine) {
    HardwareState state = flash(80, SpareBlocks::kNormal);
    state.celsius = 48.686;
    state.throttled = state.under_voltage = false;
    const auto finding = only(state);
    EXPECT_EQ(finding.health, Health::kFine);
    EXPECT_EQ(finding.found, "A board, 49 °C, mmcblk1: up to 80 % of its rated writes are used");
}

TEST(HardwareFindings, FlashWearsOut) {
    EXPECT_EQ(only(flash(80, SpareBlocks::kUnknown)).health, Health::kFine);
    EXPECT_EQ(only(flash(90, SpareBlocks::kUnknown)).health, Health::kAttention);
    EXPECT_THAT(only(flash(110, SpareBlocks::kNormal)).found, HasSubstr("more than its rated writes"));
    EXPECT_EQ(only(flash(10, SpareBlocks::kWarning)).health, Health::kAttention);
    EXPECT_EQ(only(flash(std::nullopt, SpareBlocks::kUrgent)).health, Health::kBroken);
}

TEST(HardwareFindings, PowerAndTemperature) {
    HardwareState state;
    state.under_voltage = true;
    EXPECT_EQ(only(state).check, "power");
    state = {};
    state.celsius = 84.9;
    EXPECT_EQ(only(state).health, Health::kFine);
    state.celsius = 85;
    EXPECT_EQ(only(state).check, "temperature");
    state = {};
    state.throttled = true;
    EXPECT_THAT(only(state).found, HasSubstr("slowed down"));
}

TEST(HardwareFindings, EachAilmentIsNamed) {
    HardwareState state = flash(110, SpareBlocks::kUrgent);
    state.flash.push_back({.device = "mmcblk2", .used_percent = 100, .spare = SpareBlocks::kUnknown});
    state.under_voltage = state.throttled = true;
    EXPECT_EQ(hardware_findings(kBox, state).size(), 4U);
}

}  // namespace
}  // namespace tillkeeper::agent
