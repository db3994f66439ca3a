// The device's own key, by which it signs manifests: made at first use, in the data folder, for the daemon alone.
#pragma once

#include <string>

#include "platform/crypto.h"

namespace tillkeeper::agent {

// Reads it; makes it where there is none yet. A damaged one is never replaced by itself: headquarters knows the old
// one.
[[nodiscard]] Result<SigningKey> manifest_key(const std::string& data_folder);
// {"key_id","public_key"}: what headquarters needs. kNotFound: none was made yet.
[[nodiscard]] Result<std::string> manifest_key_json(const std::string& data_folder);

}  // namespace tillkeeper::agent
