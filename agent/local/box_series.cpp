#include "agent/local/box_series.h"

namespace tillkeeper::agent {
namespace {

prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

}  // namespace

BoxSeries::BoxSeries(prometheus::Registry& registry)
    : info_(gauges(registry, "tillkeeper_box_info", "The box's model")),
      celsius_(gauges(registry, "tillkeeper_box_temperature_celsius", "The hottest of the box's sensors")),
      throttled_(gauges(registry, "tillkeeper_box_throttled", "1 while the processor is kept slow")),
      under_voltage_(gauges(registry, "tillkeeper_box_under_voltage", "1 while the supply voltage is too low")),
      flash_used_(gauges(registry, "tillkeeper_flash_used_ratio",
                         "At most this share of an eMMC's rated writes is used up, in tenths; 1.1: more than all")),
      flash_spare_(gauges(registry, "tillkeeper_flash_spare_state",
                          "An eMMC's spare blocks: 1 normal, 2 when 80 % are used, 3 when nearly all are")) {}

void BoxSeries::update(const HardwareIdentity& box, const HardwareState& state) {
    if (!box.model.empty()) info_.Add({{"model", box.model}}).Set(1);
    if (state.celsius) celsius_.Add({}).Set(*state.celsius);
    if (state.throttled) throttled_.Add({}).Set(*state.throttled ? 1 : 0);
    if (state.under_voltage) under_voltage_.Add({}).Set(*state.under_voltage ? 1 : 0);
    for (const auto& flash : state.flash) {
        const prometheus::Labels labels{{"device", flash.device}};
        if (flash.used_percent) flash_used_.Add(labels).Set(*flash.used_percent / 100.0);
        if (flash.spare != SpareBlocks::kUnknown) flash_spare_.Add(labels).Set(static_cast<double>(flash.spare));
    }
}

}  // namespace tillkeeper::agent
