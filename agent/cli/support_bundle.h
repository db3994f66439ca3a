// `tillkeeper support-bundle`: what somebody far away needs to know of a box, in one file that everybody can read
// before it is handed on. It has no transaction, no till's or person's words, no secret.
#pragma once

#include <string>

#include "agent/cli/journal_access.h"
#include "agent/cli/json_view.h"

namespace tillkeeper::cli {

// Writes FILE, whole or not at all, for its owner alone. What cannot be asked, such as a daemon that is stopped, stands
// in it as null. {"file","bytes"}
[[nodiscard]] Result<std::string> write_support_bundle(const Access& access, const std::string& file);

[[nodiscard]] std::string support_bundle_text(JsonView written);

}  // namespace tillkeeper::cli
