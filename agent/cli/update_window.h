// Whether a box may be updated at a moment: not while the store trades, nor while it catches up. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/cli/json_view.h"
#include "agent/config/hours.h"
#include "platform/clock.h"

namespace tillkeeper::cli {

struct UpdateMoment {
    WallTime in_store;               // by the store's own clock
    std::optional<JsonView> status;  // the daemon's; nothing: it does not run
};

// In words, for whoever updates; empty where nothing stands against it.
[[nodiscard]] std::vector<std::string> update_obstacles(const UpdateMoment& moment, const agent::Hours& window);

// {"open","forced","window","reasons"}
[[nodiscard]] std::string update_window_json(const std::vector<std::string>& obstacles, const agent::Hours& window,
                                             bool force);
[[nodiscard]] std::string update_window_text(JsonView window);

}  // namespace tillkeeper::cli
