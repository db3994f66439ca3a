// `tillkeeper key status` and `tillkeeper key rotate`: a new key for the journal while it runs.
//
// The file is replaced as a whole at each step, and the daemon told: at any instant it holds every key that a body
// needs.
#pragma once

#include <functional>
#include <string>

#include "agent/cli/json_view.h"
#include "agent/cli/progress.h"
#include "platform/result.h"

namespace tillkeeper::cli {

// The daemon's /keys.
[[nodiscard]] Result<std::string> key_status(const std::string& socket);
// Makes a key, or goes on where an earlier call was interrupted; returns /keys when no body needs an older key and the
// file holds the new one alone. kInvalid: the file cannot be written by us (a credential); the message says what to do.
[[nodiscard]] Result<std::string> rotate_key(const std::string& socket, const std::string& key_file, const Told& told);
// All is sealed with one key.
[[nodiscard]] bool keys_are_fine(JsonView keys);
[[nodiscard]] std::string keys_text(JsonView keys);

}  // namespace tillkeeper::cli
