#include "agent/staff/sessions.h"

#include <algorithm>
#include <utility>

#include "platform/crypto.h"

namespace tillkeeper::agent {

const Session& Sessions::begin(Person person, std::string id, std::string token, MonotonicTime now) {
    if (sessions_.size() >= kMost) sessions_.erase(std::ranges::min_element(sessions_, {}, &Session::used));
    return sessions_.emplace_back(std::move(id), std::move(token), std::move(person), now, now);
}

const Session* Sessions::find(std::string_view id, MonotonicTime now) {
    std::erase_if(sessions_,
                  [&](const Session& each) { return now - each.used >= kIdleMax || now - each.begun >= kLifeMax; });
    const auto found =
        std::ranges::find_if(sessions_, [&](const Session& each) { return equal_in_constant_time(each.id, id); });
    return found == sessions_.end() ? nullptr : &*found;
}

void Sessions::used(std::string_view id, MonotonicTime now) {
    for (auto& each : sessions_)
        if (equal_in_constant_time(each.id, id)) each.used = now;
}

void Sessions::end(std::string_view id) {
    std::erase_if(sessions_, [&](const Session& each) { return equal_in_constant_time(each.id, id); });
}

}  // namespace tillkeeper::agent
