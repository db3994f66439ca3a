// The secret from which the agent's client id on the bus is made, where it signs in by a certificate. Any thread.
#pragma once

#include <string>

#include "platform/result.h"

namespace tillkeeper::agent {

// The content of `file`, made at random (0600) with its folder when it is not there. Neither the renewal of the
// certificate nor of its key changes it: under another client id the agent would not find what waits for it.
[[nodiscard]] Result<std::string> client_secret(const std::string& file);

}  // namespace tillkeeper::agent
