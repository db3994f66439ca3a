// A configuration as strangers may see it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tillkeeper::cli {

// One line for each value: `destination[0].url = "https://erp.example"`. What a text says is shown only where its name
// is known to be harmless, and "hidden" otherwise. Of addresses scheme, host and port are left; paths of files stay.
// Comments are not shown, nor anything of what is not TOML.
[[nodiscard]] std::vector<std::string> shown_config(std::string_view toml);

}  // namespace tillkeeper::cli
