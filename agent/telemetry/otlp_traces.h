// A request to a destination as an element of OTLP's `spans`. Values in, text out; any thread.
#pragma once

#include <string>

#include "sync/request_span.h"

namespace tillkeeper::agent {

// A client's span "deliver NAME"; its status is an error where not all was delivered.
[[nodiscard]] std::string otlp_span(const sync::RequestSpan& span);

}  // namespace tillkeeper::agent
