#include "agent/doctor/hardware_findings.h"

#include <cmath>
#include <utility>

namespace tillkeeper::agent {
namespace {

constexpr double kHot = 85;           // most boards slow down or give up between 85 and 105
constexpr int kFlashOldPercent = 90;  // of its rated writes
constexpr int kFlashOverPercent = 110;

std::string degrees(double celsius) {
    return std::to_string(std::lround(celsius)) + " °C";
}

std::string wear_of(const FlashWear& flash) {
    std::string text = flash.device;
    if (flash.used_percent)
        text += *flash.used_percent >= kFlashOverPercent
                    ? ": more than its rated writes are used"
                    : ": up to " + std::to_string(*flash.used_percent) + " % of its rated writes are used";
    if (flash.spare == SpareBlocks::kWarning) text += ", 80 % of its spare blocks";
    if (flash.spare == SpareBlocks::kUrgent) text += ", nearly all of its spare blocks";
    return text;
}

bool worn(const FlashWear& flash) {
    return flash.used_percent.value_or(0) >= kFlashOldPercent || flash.spare >= SpareBlocks::kWarning;
}

void flash(const FlashWear& flash, std::vector<Finding>& all) {
    if (!worn(flash)) return;
    const bool urgent = flash.spare == SpareBlocks::kUrgent;
    all.push_back({"flash", urgent ? Health::kBroken : Health::kAttention, wear_of(flash),
                   urgent
                       ? "It may refuse to write any day. Then no sale is taken; what was accepted can still be read."
                       : "It wears out. What was accepted is safe; one day it refuses to write.",
                   "Plan another box: tillkeeper backup, or let it deliver all, then exchange it"});
}

}  // namespace

std::vector<Finding> hardware_findings(const HardwareIdentity& box, const HardwareState& state) {
    std::vector<Finding> all;
    for (const auto& each : state.flash) flash(each, all);
    if (state.under_voltage.value_or(false))
        all.push_back(
            {"power", Health::kAttention, "the supply voltage is too low",
             "The box may stop or restart at any moment, and its disk may be damaged. Accepted sales are safe.",
             "Use the maker's own power supply and a short cable; unplug what feeds on the box's USB"});
    const bool slow = state.throttled.value_or(false);
    if (slow || state.celsius.value_or(0) >= kHot)
        all.push_back({"temperature", Health::kAttention,
                       (state.celsius ? degrees(*state.celsius) : std::string("not told")) +
                           (slow ? ", and the processor is slowed down" : ""),
                       "Answers take longer; a box that gets too hot switches itself off.",
                       "Give it air: away from radiators and the sun, nothing on top of it, dust out of its slots"});
    const bool tells = !box.model.empty() || state.celsius || !state.flash.empty();
    if (!all.empty() || !tells) return all;
    std::string found = box.model.empty() ? "a box without a name" : box.model;
    if (state.celsius) found += ", " + degrees(*state.celsius);
    for (const auto& each : state.flash) found += ", " + wear_of(each);
    all.push_back({"hardware", Health::kFine, std::move(found), "", ""});
    return all;
}

}  // namespace tillkeeper::agent
