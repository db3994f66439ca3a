// Boxes as the kernel shows them. What lies below each root is what such a board has; where the names come from:
//
//   Raspberry Pi 4     bcm2711-rpi-4-b.dts, drivers/hwmon/raspberrypi-hwmon.c (rpi_volt), its own kernel's
//   get_throttled BeagleBone Black   am335x-boneblack.dts; an AM335x has no thermal zone; its eMMC is mmcblk1 i.MX 8M
//   Mini EVK   imx8mm-evk.dts, drivers/thermal/cpufreq_cooling.c (cpufreq-cpu0); its eMMC is mmcblk2 a PC
//   Documentation/ABI/testing/sysfs-class-dmi... product_name, product_serial (for root alone) eMMC
//   Documentation/driver-api/mmc/mmc-dev-attrs.rst; values as in JEDEC JESD84-B51, EXT_CSD [267..269]
#include "platform/hardware.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "platform/linux-arm/sysfs_hardware.h"

namespace tillkeeper {
namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;

const std::string kTree = "firmware/devicetree/base/";
const std::string kThermal = "class/thermal/";
const std::string kFirmware = "devices/platform/soc/soc:firmware/get_throttled";

class Board : public testing::Test {
  protected:
    Board() {
        std::string pattern = fs::temp_directory_path() / "platform-board-XXXXXX";
        root_ = mkdtemp(pattern.data());
    }
    ~Board() override { fs::remove_all(root_); }

    void file(const std::string& path, const std::string& text) {
        fs::create_directories(fs::path(root_ + "/" + path).parent_path());
        std::ofstream(root_ + "/" + path, std::ios::binary) << text;
    }
    void emmc(const std::string& disk, const std::string& life_time, const std::string& pre_eol) {
        file("block/" + disk + "/device/life_time", life_time);
        file("block/" + disk + "/device/pre_eol_info", pre_eol);
    }
    void raspberry() {
        file(kTree + "model", "Raspberry Pi 4 Model B Rev 1.4\0"s);
        file(kTree + "serial-number", "100000003d1f5b2a\0"s);
        file(kThermal + "thermal_zone0/type", "cpu-thermal\n");
        file(kThermal + "thermal_zone0/temp", "48686\n");
        file(kThermal + "cooling_device0/type", "cpufreq-cpu0\n");
        file(kThermal + "cooling_device0/cur_state", "0\n");
        file("class/hwmon/hwmon0/name", "cpu_thermal\n");
        file("class/hwmon/hwmon1/name", "rpi_volt\n");
        file("class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
        file("block/mmcblk0/device/type", "SD\n");  // a card tells nothing of its wear
    }
    [[nodiscard]] HardwareState state() const { return make_hardware(root_)->state(); }

    std::string root_;
};

TEST_F(Board, RaspberryPi) {
    raspberry();
    const auto box = make_hardware(root_)->identity();
    EXPECT_EQ(box.model, "Raspberry Pi 4 Model B Rev 1.4");
    EXPECT_EQ(box.serial, "100000003d1f5b2a");
    EXPECT_DOUBLE_EQ(state().celsius.value(), 48.686);
    EXPECT_EQ(state().throttled, false);
    EXPECT_EQ(state().under_voltage, false);
    EXPECT_TRUE(state().flash.empty());
}

TEST_F(Board, RaspberryPiWithAWeakSupply) {
    raspberry();
    file("class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
    EXPECT_EQ(state().under_voltage, true);
    EXPECT_EQ(state().throttled, false);
}

TEST_F(Board, RaspberryPiWithItsOwnKernel) {
    raspberry();
    file(kFirmware, "50005\n");  // under-voltage and throttled, now and before
    EXPECT_EQ(state().under_voltage, true);
    EXPECT_EQ(state().throttled, true);
    file(kFirmware, "50000\n");  // long ago
    EXPECT_EQ(state().under_voltage, false);
    EXPECT_EQ(state().throttled, false);
    file(kFirmware, "2\n");  // its frequency is capped
    EXPECT_EQ(state().under_voltage, false);
    EXPECT_EQ(state().throttled, true);
}

TEST_F(Board, BeagleBone) {
    file(kTree + "model", "TI AM335x BeagleBone Black\0"s);
    file(kTree + "serial-number", "1814BBBK0123\0"s);
    emmc("mmcblk1", "0x02 0x01\n", "0x01\n");
    file("block/mmcblk1boot0/size", "8192\n");
    EXPECT_EQ(make_hardware(root_)->identity().serial, "1814BBBK0123");
    const auto seen = state();
    EXPECT_EQ(seen.celsius, std::nullopt);
    EXPECT_EQ(seen.throttled, std::nullopt);
    EXPECT_EQ(seen.under_voltage, std::nullopt);
    ASSERT_EQ(seen.flash.size(), 1U);
    EXPECT_EQ(seen.flash[0].device, "mmcblk1");
    EXPECT_EQ(seen.flash[0].used_percent, 20) << "the worse of both";
    EXPECT_EQ(seen.flash[0].spare, SpareBlocks::kNormal);
}

TEST_F(Board, IMx8MiniThatIsHotAndWornOut) {
    file(kTree + "model", "FSL i.MX8MM EVK board\0"s);
    file(kThermal + "thermal_zone0/temp", "91000\n");
    file(kThermal + "thermal_zone1/temp", "62000\n");
    file(kThermal + "cooling_device0/type", "cpufreq-cpu0\n");
    file(kThermal + "cooling_device0/cur_state", "2\n");
    file(kThermal + "cooling_device1/type", "38000000.gpu\n");
    file(kThermal + "cooling_device1/cur_state", "9\n");
    emmc("mmcblk2", "0x0b 0x03\n", "0x03\n");
    EXPECT_EQ(make_hardware(root_)->identity().serial, "");
    const auto seen = state();
    EXPECT_DOUBLE_EQ(seen.celsius.value(), 91);
    EXPECT_EQ(seen.throttled, true);
    ASSERT_EQ(seen.flash.size(), 1U);
    EXPECT_EQ(seen.flash[0].used_percent, 110);
    EXPECT_EQ(seen.flash[0].spare, SpareBlocks::kUrgent);
    file(kThermal + "cooling_device0/cur_state", "0\n");
    EXPECT_EQ(state().throttled, false) << "a graphics processor that is slowed down sells no less";
}

TEST_F(Board, Pc) {
    file("class/dmi/id/product_name", "NUC7PJYH\n");
    EXPECT_EQ(make_hardware(root_)->identity().model, "NUC7PJYH");
    EXPECT_EQ(make_hardware(root_)->identity().serial, "");
    file("class/dmi/id/product_serial", "G6PJ01500ABC\n");
    EXPECT_EQ(make_hardware(root_)->identity().serial, "G6PJ01500ABC");
}

TEST_F(Board, WhatIsNotThereIsUnknown) {
    const auto seen = state();
    EXPECT_EQ(make_hardware(root_)->identity().model, "");
    EXPECT_FALSE(seen.celsius || seen.throttled || seen.under_voltage);
    EXPECT_TRUE(seen.flash.empty());
}

TEST_F(Board, NonsenseIsUnknown) {
    file(kTree + "model", std::string(4096, 'm') + "\n");
    file(kTree + "serial-number", "12\n34\x1b[31m\0"s);
    file(kThermal + "thermal_zone0/temp", "not a number\n");
    file(kThermal + "thermal_zone1/temp", "-274000\n");
    file(kThermal + "thermal_zone2/temp", "");
    fs::create_directories(root_ + "/" + kThermal + "thermal_zone3/temp");
    file(kThermal + "cooling_device0/type", "cpufreq-cpu0\n");
    file(kThermal + "cooling_device0/cur_state", "-1\n");
    file(kFirmware, "throttled=0x0\n");
    emmc("mmcblk0", "0x00 0x00\n", "0x00\n");  // undefined by the standard
    emmc("mmcblk1", "0xff\n", "0x04\n");
    emmc("mmcblk2", "0x05\n", "");
    const auto box = make_hardware(root_)->identity();
    EXPECT_EQ(box.model.size(), 128U);
    EXPECT_EQ(box.serial, "12");
    const auto seen = state();
    EXPECT_FALSE(seen.celsius || seen.throttled || seen.under_voltage);
    ASSERT_EQ(seen.flash.size(), 1U);
    EXPECT_EQ(seen.flash[0].device, "mmcblk2");
    EXPECT_EQ(seen.flash[0].used_percent, 50);
}

}  // namespace
}  // namespace tillkeeper
