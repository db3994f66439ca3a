#include "agent/copy_states.h"

#include <algorithm>

namespace tillkeeper::agent {

std::vector<CopyState> copy_states(const std::vector<sync::SourceConfig>& collections,
                                   const std::vector<sync::SourceStatus>& copies, WallTime now) {
    std::vector<CopyState> states;
    for (const auto& config : collections) {
        if (config.url.empty()) continue;
        auto& state = states.emplace_back(config.collection);
        const auto copy = std::ranges::find(copies, config.collection, &sync::SourceStatus::collection);
        if (copy == copies.end() || !copy->mirror.as_of) continue;
        const Duration age = std::max(now - *copy->mirror.as_of, Duration::zero());
        state.age_seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
        state.stale = age > config.fresh;
    }
    return states;
}

}  // namespace tillkeeper::agent
