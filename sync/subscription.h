// Which types of transactions a destination is sent. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "storage/own_entries.h"

namespace tillkeeper::sync {

// `types`: what the configuration names; empty: all that are about sales.
[[nodiscard]] inline bool subscribes(const std::vector<std::string>& types, std::string_view type) {
    if (types.empty()) return !storage::only_where_named(type);
    return std::ranges::find(types, type) != types.end();
}

}  // namespace tillkeeper::sync
