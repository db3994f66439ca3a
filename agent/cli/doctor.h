// `tillkeeper doctor`: gathers the facts about this box, and says what is not as it should be. Read-only.
#pragma once

#include <string>

#include "agent/cli/journal_access.h"
#include "agent/cli/json_view.h"

namespace tillkeeper::cli {

// As agent::to_json(Finding). Whatever cannot be asked is a finding of its own.
[[nodiscard]] std::string examine_box(const Access& access);

[[nodiscard]] std::string doctor_text(JsonView diagnosis);

}  // namespace tillkeeper::cli
