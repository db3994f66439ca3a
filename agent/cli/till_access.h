// Who may speak on the bus: `tillkeeper till add|list|rotate|revoke` and `tillkeeper bus init`. Works on the broker's
// folder whether daemon and broker run or not; a running broker takes the change over at once.
#pragma once

#include <string>
#include <vector>

#include "agent/config/config.h"
#include "platform/result.h"

namespace tillkeeper::cli {

struct TillWish {
    std::string till;
    bool certificate = false;  // a client certificate rather than a password
    std::string out;           // where the secret goes: a file for a password, a folder for a certificate
};

// Each answers the JSON to show. kInvalid for what cannot be, kNotFound for a till that is not there.
[[nodiscard]] Result<std::string> add_till(const agent::Config& config, const TillWish& wish);
// The old password or certificate is no longer good, and its connections end.
[[nodiscard]] Result<std::string> rotate_till(const agent::Config& config, const TillWish& wish);
// All of them, and whoever is connected under that name is cut off.
[[nodiscard]] Result<std::string> revoke_till(const agent::Config& config, const std::string& till);
[[nodiscard]] Result<std::string> list_tills(const agent::Config& config);

[[nodiscard]] Result<std::string> init_bus(const std::string& broker_folder, const std::vector<std::string>& hosts);

}  // namespace tillkeeper::cli
