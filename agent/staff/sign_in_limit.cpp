#include "agent/staff/sign_in_limit.h"

#include <algorithm>

namespace tillkeeper::agent {

Duration SignInLimit::Attempts::wait(const Ladder& ladder, MonotonicTime now) const {
    if (count < ladder.free || now - last >= kForgotten) return Duration::zero();
    Duration rest = ladder.first;
    for (int i = ladder.free; i < count && rest < ladder.longest; ++i) rest *= 2;
    return std::max(Duration::zero(), std::min(rest, ladder.longest) - (now - last));
}

void SignInLimit::Attempts::add(MonotonicTime now) {
    count = now - last >= kForgotten ? 1 : count + 1;
    last = now;
}

Duration SignInLimit::admit(const std::string& device, MonotonicTime now) {
    const auto known = devices_.find(device);
    const bool trusted = known != devices_.end() && now < known->second.trusted_until;
    const Duration own = known == devices_.end() ? Duration::zero() : known->second.attempts.wait(kOfDevice, now);
    const Duration wait = trusted ? own : std::max(own, all_.wait(kOfAll, now));
    if (wait > Duration::zero()) return wait;
    if (known == devices_.end() && devices_.size() >= kDevicesMax) make_room(now);
    devices_[device].attempts.add(now);
    if (!trusted) all_.add(now);
    return Duration::zero();
}

void SignInLimit::succeeded(const std::string& device, MonotonicTime now) {
    devices_[device] = {{}, now + kTrusted};
    all_.count = std::max(0, all_.count - 1);
}

// Whoever tried longest ago, a trusted one last. What is forgotten of one device still counts in all.
void SignInLimit::make_room(MonotonicTime now) {
    devices_.erase(std::ranges::min_element(devices_, {}, [&](const auto& each) {
        return std::pair(now < each.second.trusted_until, each.second.attempts.last);
    }));
}

}  // namespace tillkeeper::agent
