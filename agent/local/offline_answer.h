// The control socket's requests to keep the store offline, and to end that.
//
//   POST /offline   {"for_s","who","why"}   from now on, for so long
//   POST /online    {"who","why"}           the end of it
//
// Both answer {"until": "..." or null}. Thread: the sync loop.
#pragma once

#include "agent/work_offline.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

// Whether it is one of these requests.
[[nodiscard]] bool asks_for_offline(const ServerRequest& request);
void answer_offline(WorkOffline& offline, const ServerRequest& request, HttpServer::Reply reply);

}  // namespace tillkeeper::agent
