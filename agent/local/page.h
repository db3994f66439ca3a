// The local page server: `/` for the staff, `/api/status`, `/metrics` and `/healthz` for machines.
// Thread: the till loop.
#pragma once

#include "agent/local/metrics.h"
#include "agent/local/store_state.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

// `state` and `metrics` as they are at this moment.
[[nodiscard]] ServerResponse serve_page(const ServerRequest& request, const StoreState& state, const Metrics& metrics);

}  // namespace tillkeeper::agent
