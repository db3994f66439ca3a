#include "platform/linux-arm/sysfs_hardware.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace tillkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTextMax = 128;
// get_throttled: what is so now. Its higher bits tell what was so at any time since the boot.
constexpr unsigned kUnderVoltageNow = 1U << 0;
constexpr unsigned kSlowNow = 1U << 1 | 1U << 2;
// JESD84-B51: 1 to 10 are tenths of the rated life, 11 is beyond it.
constexpr int kLifeBeyond = 11;
// No sensor of a box in a store measures such a thing; broken ones do.
constexpr double kColdest = -60;
constexpr double kHottest = 200;

// The first line of a small file without what the kernel ends it with; "" where it cannot be read.
std::string text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string line(kTextMax, '\0');
    file.read(line.data(), kTextMax);
    line.resize(static_cast<std::size_t>(file.gcount()));
    line.resize(std::min(line.find_first_of(std::string_view("\0\n", 2)), line.size()));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

template <typename Number>
std::optional<Number> number(std::string_view from, int base = 10) {
    if (base == 16 && from.starts_with("0x")) from.remove_prefix(2);
    Number value{};
    const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), value, base);
    if (error != std::errc{} || end != from.data() + from.size()) return std::nullopt;
    return value;
}

// The folders of `parent` whose names begin so, sorted.
std::vector<fs::path> folders(const fs::path& parent, std::string_view prefix) {
    std::vector<fs::path> found;
    std::error_code none;
    for (fs::directory_iterator each(parent, none), end; !none && each != end; each.increment(none))
        if (each->path().filename().native().starts_with(prefix)) found.push_back(each->path());
    std::ranges::sort(found);
    return found;
}

std::optional<int> life_used_percent(const std::string& both) {
    std::optional<int> worst;
    const auto middle = both.find(' ');
    for (const auto& one : {both.substr(0, middle), middle == std::string::npos ? "" : both.substr(middle + 1)}) {
        const auto tenths = number<int>(one, 16);
        if (tenths && *tenths >= 1 && *tenths <= kLifeBeyond) worst = std::max(worst.value_or(0), *tenths * 10);
    }
    return worst;
}

SpareBlocks spare_blocks(const std::string& told) {
    const auto code = number<int>(told, 16);
    if (code == 1) return SpareBlocks::kNormal;
    if (code == 2) return SpareBlocks::kWarning;
    if (code == 3) return SpareBlocks::kUrgent;
    return SpareBlocks::kUnknown;
}

class SysfsHardware final : public Hardware {
  public:
    explicit SysfsHardware(const std::string& sysfs) : sys_(sysfs) {}

    [[nodiscard]] HardwareIdentity identity() const override {
        const auto tree = sys_ / "firmware/devicetree/base";
        HardwareIdentity box{.model = text(tree / "model"), .serial = text(tree / "serial-number")};
        if (box.model.empty()) {
            const auto dmi = sys_ / "class/dmi/id";
            box = {.model = text(dmi / "product_name"), .serial = text(dmi / "product_serial")};
        }
        return box;
    }

    [[nodiscard]] HardwareState state() const override {
        const auto firmware = number<unsigned>(text(sys_ / "devices/platform/soc/soc:firmware/get_throttled"), 16);
        return {.celsius = celsius(),
                .throttled = throttled(firmware),
                .under_voltage = under_voltage(firmware),
                .flash = flash()};
    }

  private:
    [[nodiscard]] std::optional<double> celsius() const {
        std::optional<double> hottest;
        for (const auto& zone : folders(sys_ / "class/thermal", "thermal_zone")) {
            const auto thousandths = number<int>(text(zone / "temp"));
            const double degrees = thousandths.value_or(0) / 1000.0;
            if (thousandths && degrees > kColdest && degrees < kHottest)
                hottest = std::max(hottest.value_or(kColdest), degrees);
        }
        return hottest;
    }

    [[nodiscard]] std::optional<bool> throttled(std::optional<unsigned> firmware) const {
        std::optional<bool> slow;
        if (firmware) slow = (*firmware & kSlowNow) != 0;
        for (const auto& cooling : folders(sys_ / "class/thermal", "cooling_device")) {
            const auto type = text(cooling / "type");
            if (!type.contains("cpufreq") && type != "Processor") continue;
            const auto level = number<unsigned long>(text(cooling / "cur_state"));
            if (level) slow = slow.value_or(false) || *level > 0;
        }
        return slow;
    }

    [[nodiscard]] std::optional<bool> under_voltage(std::optional<unsigned> firmware) const {
        std::optional<bool> sags;
        if (firmware) sags = (*firmware & kUnderVoltageNow) != 0;
        for (const auto& monitor : folders(sys_ / "class/hwmon", "hwmon")) {
            if (text(monitor / "name") != "rpi_volt") continue;
            const auto alarm = number<int>(text(monitor / "in0_lcrit_alarm"));
            if (alarm) sags = sags.value_or(false) || *alarm != 0;
        }
        return sags;
    }

    [[nodiscard]] std::vector<FlashWear> flash() const {
        std::vector<FlashWear> all;
        for (const auto& disk : folders(sys_ / "block", "mmcblk")) {
            FlashWear wear{.device = disk.filename(),
                           .used_percent = life_used_percent(text(disk / "device/life_time")),
                           .spare = spare_blocks(text(disk / "device/pre_eol_info"))};
            if (wear.used_percent || wear.spare != SpareBlocks::kUnknown) all.push_back(std::move(wear));
        }
        return all;
    }

    const fs::path sys_;
};

}  // namespace

std::unique_ptr<Hardware> make_hardware(const std::string& sysfs) {
    return std::make_unique<SysfsHardware>(sysfs);
}

}  // namespace tillkeeper
