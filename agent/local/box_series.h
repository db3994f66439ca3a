// The metrics of the box's hardware. What it does not tell has no series. Thread: the till loop.
#pragma once

#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "platform/hardware.h"

namespace tillkeeper::agent {

class BoxSeries {
  public:
    explicit BoxSeries(prometheus::Registry& registry);

    void update(const HardwareIdentity& box, const HardwareState& state);

  private:
    using Gauges = prometheus::Family<prometheus::Gauge>;

    Gauges& info_;
    Gauges& celsius_;
    Gauges& throttled_;
    Gauges& under_voltage_;
    Gauges& flash_used_;
    Gauges& flash_spare_;
};

}  // namespace tillkeeper::agent
