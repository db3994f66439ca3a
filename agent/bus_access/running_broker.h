// Asks the running broker to read its files again. Any thread.
#pragma once

#include <string>

#include "platform/result.h"

namespace tillkeeper::agent {

// SIGHUP by the pid file of its folder: passwords, access list, certificates and revocations are read again, and
// whoever signed in with a password that is no longer good is disconnected. False when no broker runs there.
[[nodiscard]] Result<bool> reload_broker(const std::string& broker_folder);

}  // namespace tillkeeper::agent
