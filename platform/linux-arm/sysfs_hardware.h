// The hardware of a Linux machine, as its kernel shows it in one folder: so a service that may see nothing of /proc but
// itself can read it too, and tests can swap it. Any thread.
//
//   firmware/devicetree/base/{model,serial-number}   or, on a PC, class/dmi/id/{product_name,product_serial}
//   class/thermal/thermal_zone*/temp                 thousandths of a degree
//   class/thermal/cooling_device*/{type,cur_state}   types of cpufreq: the processor is slowed down
//   class/hwmon/hwmon*/{name,in0_lcrit_alarm}        rpi_volt: under-voltage on a Raspberry Pi
//   devices/platform/soc/soc:firmware/get_throttled  the same and more, in the Raspberry Pi's own kernel
//   block/mmcblk*/device/{life_time,pre_eol_info}    eMMC from version 5.0
#pragma once

#include <memory>
#include <string>

#include "platform/hardware.h"

namespace tillkeeper {

[[nodiscard]] std::unique_ptr<Hardware> make_hardware(const std::string& sysfs = "/sys");

}  // namespace tillkeeper
