// Walks over a whole JSON document that scan_json() has passed, to change some of its values in place: what is not
// replaced comes out byte for byte as it went in.
// Ownership: borrows the text. Thread: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/json_scan.h"

namespace tillkeeper::agent {

// The way from the root to a value: the members' names, without escapes; "" for an element of a list.
using JsonPath = std::vector<std::string>;

class JsonEditor {
  public:
    virtual ~JsonEditor() = default;
    // For each string, number, true, false and null. `text`: a string without escapes, all else as written. Returned:
    // what is to stand there instead, as JSON.
    virtual std::optional<std::string> edit(const JsonPath& path, JsonType type, std::string_view text) = 0;
};

[[nodiscard]] std::string edited_json(std::string_view json, JsonEditor& editor);

}  // namespace tillkeeper::agent
