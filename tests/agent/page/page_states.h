// The page's facts in every state a store can be in, for tests and for the gallery.
#pragma once

#include <string>
#include <vector>

#include "agent/page/facts.h"

namespace tillkeeper::agent {

struct PageState {
    std::string name;
    PageFacts facts;
};

// online, catching_up, degraded, offline, stopped, starting, untrusted, found, lost.
[[nodiscard]] std::vector<PageState> page_states();
[[nodiscard]] PageFacts page_state(const std::string& name);

}  // namespace tillkeeper::agent
