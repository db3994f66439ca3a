// The cloud's own certificate authority and its server certificate for localhost, 127.0.0.1 and cloud.test.
#pragma once

#include <filesystem>

#include "platform/result.h"

namespace tillkeeper::cloud {

struct Pki {
    std::filesystem::path ca;          // what clients trust
    std::filesystem::path chain;       // the server's certificate
    std::filesystem::path server_key;  // readable by the owner only
};

// Makes what is not there; what is there is used again. The authority lasts ten years; a server certificate of
// negative `days` has already expired, and is made anew at every call, as any that is not of the usual length.
inline constexpr int kUsualDays = 825;
[[nodiscard]] Result<Pki> prepare_pki(const std::filesystem::path& folder, int days = kUsualDays);

}  // namespace tillkeeper::cloud
