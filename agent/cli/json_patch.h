// JSON Patch (RFC 6902) with the operations that a repair takes: add, remove, replace, test.
// Debian's libcjson comes without its patch functions, hence these few lines.
#pragma once

#include <cjson/cJSON.h>

#include "platform/result.h"

namespace tillkeeper::cli {

// Changes `target` in place. On kInvalid it may be half changed: throw it away. Says which operation did not fit.
[[nodiscard]] Result<void> apply_json_patch(cJSON* target, const cJSON* patch);

}  // namespace tillkeeper::cli
