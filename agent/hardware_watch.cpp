#include "agent/hardware_watch.h"

#include <utility>

#include "agent/doctor/hardware_findings.h"
#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kAskEvery = std::chrono::minutes(1);

}  // namespace

void HardwareWatch::look(StoreState& state) {
    if (hardware_ == nullptr) return;
    const auto now = clock_.monotonic();
    if (!asked_ || now - *asked_ >= kAskEvery) {
        asked_ = now;
        ask();
    }
    state.box = identity_;
    state.hardware = state_;
}

void HardwareWatch::ask() {
    if (identity_.model.empty()) identity_ = hardware_->identity();
    state_ = hardware_->state();
    std::string ailments;
    for (const auto& finding : hardware_findings(identity_, state_))
        if (finding.health != Health::kFine) ailments += (ailments.empty() ? "" : "; ") + finding.check;
    if (ailments == ailments_) return;
    ailments_ = std::move(ailments);
    log(ailments_.empty() ? LogLevel::kNotice : LogLevel::kWarning, "hardware",
        {{"ails", ailments_.empty() ? "nothing any more" : ailments_}});
}

}  // namespace tillkeeper::agent
