// `tillkeeper erase member`: asks the daemon, follows the work, and lets the whole chain be verified at the end.
#pragma once

#include <functional>
#include <string>

#include "agent/cli/json_view.h"
#include "agent/cli/progress.h"
#include "platform/result.h"

namespace tillkeeper::cli {

struct ErasureWish {
    std::string member_id;  // "-": the first line of standard input, so that it shows in no list of processes
    std::string who;
    std::string why;
};

// {"erasure":{...},"verification":{...}}; `told` while it works.
[[nodiscard]] Result<std::string> erase_member(const std::string& socket, ErasureWish wish, const Told& told);
// Something was found, all of it is done, and the chain is whole.
[[nodiscard]] bool erasure_is_fine(JsonView answer);
[[nodiscard]] std::string erasure_text(JsonView answer);

}  // namespace tillkeeper::cli
