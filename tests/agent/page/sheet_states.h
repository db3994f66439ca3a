// The pages that are for one thing, in each of their states, for tests and for the gallery.
#pragma once

#include <string>
#include <vector>

#include "agent/page/words.h"

namespace tillkeeper::agent {

struct SheetState {
    std::string name;
    std::string html;
};

// sheet_sign_in, sign_in_wait, quarantined, wrong, rejected, follows, damaged, print, offline, online, gone; those of
// day_states.h.
[[nodiscard]] std::vector<SheetState> sheet_states(const Words& words);

}  // namespace tillkeeper::agent
