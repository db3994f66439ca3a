// How every request to the control socket is answered: JSON with 200, or {"error"} with 400, 404, 500 or 503.
#pragma once

#include <string>

#include "platform/http_server.h"
#include "platform/result.h"

namespace tillkeeper::agent {

[[nodiscard]] ServerResponse control_answer(Result<std::string> json);

}  // namespace tillkeeper::agent
