#include "agent/box/power_alarm.h"

namespace tillkeeper::box {

void PowerAlarm::line(bool failing, MonotonicTime now) {
    if (failing == failing_) return;
    failing_ = failing;
    since_ = now;
}

std::optional<PowerAlarm::Word> PowerAlarm::due(MonotonicTime now) {
    const auto when = next();
    if (!when || now < *when) return std::nullopt;
    told_ = failing_;
    told_at_ = now;
    return failing_ ? Word::kFailing : Word::kBack;
}

std::optional<MonotonicTime> PowerAlarm::next() const {
    if (failing_) return told_ ? told_at_ + kAgain : since_ + kSpark;
    if (told_) return since_ + kWell;
    return std::nullopt;
}

}  // namespace tillkeeper::box
