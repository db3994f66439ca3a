// Writing JSON text without building a tree.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper::sync {

// Appends `text` as a JSON string (RFC 8259) with its quotes. What is not UTF-8 is passed on as it is.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tillkeeper::sync
