#include "agent/box/box_line.h"

#include <charconv>
#include <string_view>

#include "agent/version.h"

namespace tillkeeper::box {

Result<LineName> parse_line_name(const std::string& text) {
    LineName name;
    std::string_view rest = text;
    if (rest.ends_with(":low")) {
        name.active_low = true;
        rest.remove_suffix(4);
    }
    const auto colon = rest.rfind(':');
    const auto digits = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), name.offset);
    if (colon == 0 || error != std::errc{} || end != digits.data() + digits.size())
        return fail(ErrorCode::kInvalid, "\"" + text + "\" names no line: CHIP:OFFSET, or CHIP:OFFSET:low");
    name.chip = rest.substr(0, colon);
    return name;
}

BoxLine::BoxLine()
    : app_("Shows the state of the store by a lamp of its box, and tells the daemon when the power is about to fail.",
           "tillkeeper-box") {
    app_.add_option("--lamp", lamp_,
                    "Lamp of /sys/class/leds: steady when all is well, slow when offline, fast when somebody must look")
        ->type_name("NAME");
    app_.add_option("--power-line", power_line_,
                    "GPIO line that is active when the power is about to fail, as gpiodetect and gpioinfo name them")
        ->type_name("CHIP:OFFSET[:low]");
    app_.add_option("--socket", socket_, "Control socket of the daemon")->capture_default_str()->type_name("FILE");
    app_.add_option("--sysfs", sysfs_, "Where the kernel shows its lamps")->capture_default_str()->type_name("FOLDER");
    app_.set_version_flag("--version", std::string(agent::kVersion), "Print the version and exit");
}

}  // namespace tillkeeper::box
