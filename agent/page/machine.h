// What machines ask of the page server: `/api/status`, `/metrics` and `/healthz`. They may use any name of this box:
// what they get says nothing about a person, and monitoring calls boxes by many names.
// Thread: the till loop.
#pragma once

#include <optional>
#include <string_view>

#include "agent/local/metrics.h"
#include "agent/local/store_state.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

[[nodiscard]] bool is_machine_path(std::string_view path);

// `state` and `metrics` as they are at this moment. Nothing for any other path.
[[nodiscard]] std::optional<ServerResponse> answer_machine(const ServerRequest& request, const StoreState& state,
                                                           const Metrics& metrics);

}  // namespace tillkeeper::agent
