// What the cloud's answer to one question says. Pure.
#pragma once

#include "platform/http.h"
#include "sync/jq_program.h"
#include "sync/live_source.h"

namespace tillkeeper::sync {

// kNoAnswer with a cause where it cannot be believed: only a 404 that speaks JSON, or says nothing, means that there is
// none - a wrong address or a captive portal must not make a member vanish. `program`: of LiveConfig::answer, or null.
[[nodiscard]] LiveAnswer read_live(const HttpResponse& response, const SourceConfig& config, JqProgram* program);

}  // namespace tillkeeper::sync
