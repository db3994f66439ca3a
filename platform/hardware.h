// Hardware: what the box in the back room is, and how its parts do.
//
// What a box does not tell stays unknown; nothing here is guessed. Reading takes a few small files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tillkeeper {

struct HardwareIdentity {
    std::string model;   // "Raspberry Pi 4 Model B Rev 1.4"; "" where the box does not say
    std::string serial;  // the maker's; "" where the box does not say
};

// Spare blocks of an eMMC, PRE_EOL_INFO of JEDEC JESD84-B51.
enum class SpareBlocks : std::uint8_t { kUnknown, kNormal, kWarning, kUrgent };  // kWarning: 80 % are used

struct FlashWear {
    std::string device;  // "mmcblk0"
    // At most so much of its rated writes is used up: 10, 20, ... 100, and 110 for "more than that"; the worse of its
    // two kinds of memory. DEVICE_LIFE_TIME_EST_TYP_A and _B of JESD84-B51.
    std::optional<int> used_percent;
    SpareBlocks spare = SpareBlocks::kUnknown;
};

struct HardwareState {
    std::optional<double> celsius;      // the hottest of its sensors
    std::optional<bool> throttled;      // the processor is kept slow now
    std::optional<bool> under_voltage;  // the supply sags, or has since somebody last asked
    std::vector<FlashWear> flash;       // by name; cards and disks that tell nothing are left out
};

class Hardware {
  public:
    virtual ~Hardware() = default;
    [[nodiscard]] virtual HardwareIdentity identity() const = 0;
    [[nodiscard]] virtual HardwareState state() const = 0;
};

}  // namespace tillkeeper
