// Files that the configuration names.
#pragma once

#include <string>

#include "platform/http.h"
#include "platform/result.h"

namespace tillkeeper::agent {

// The whole file, at most 1 MiB, without a final line break when `secret`. A secret is refused when people other than
// its owner and group may read it, or when it is empty. The error says what to do and never shows content.
[[nodiscard]] Result<std::string> read_config_file(const std::string& path, bool secret);
// A certificate and its key, which is a secret file or "pkcs11:...". kInvalid where the two do not belong together.
[[nodiscard]] Result<TlsIdentity> read_tls_identity(const std::string& certificate_file, const std::string& key_file);

}  // namespace tillkeeper::agent
