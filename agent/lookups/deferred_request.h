// A look-up that is kept for later, as text: what was asked, and where its answer goes. Pure.
#pragma once

#include <string>
#include <string_view>

#include "agent/bus/return_address.h"

namespace tillkeeper::agent {

struct DeferredRequest {
    std::string payload;  // as the till sent it
    ReturnAddress to;
};

[[nodiscard]] std::string to_text(const DeferredRequest& request);
// kCorrupt when it was not written by to_text().
[[nodiscard]] Result<DeferredRequest> parse_deferred(std::string_view text);

}  // namespace tillkeeper::agent
