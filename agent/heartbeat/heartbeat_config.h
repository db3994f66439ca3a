// The table [heartbeat]: whom headquarters' copy of this store's state goes to.
#pragma once

#include <string>

#include "platform/clock.h"
#include "sync/oauth_settings.h"

namespace tillkeeper::agent {

struct HeartbeatConfig {
    std::string url;
    Duration every = std::chrono::minutes(5);
    std::string ca_file;
    sync::OAuthClient oauth;
};

}  // namespace tillkeeper::agent
