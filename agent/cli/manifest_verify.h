// `tillkeeper manifest verify`: what headquarters makes of manifests, from files alone.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/json_view.h"
#include "platform/result.h"

namespace tillkeeper::cli {

// {"fine","store","manifests","first_day","last_day","first","last","received","waiting","faults":[{"kind","where","what"}]}
// `files`: a JWS a line, or JSON lines that hold one in "manifest". `received`: "" for the manifests alone.
[[nodiscard]] Result<std::string> verified_manifests(const std::vector<std::string>& files, const std::string& key_file,
                                                     const std::string& received);

[[nodiscard]] std::string manifest_verdict_text(JsonView verdict);

}  // namespace tillkeeper::cli
