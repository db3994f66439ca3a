// The topic of a message, made from a template such as "stores/{store}/tills/{till}/{type}". Pure.
#pragma once

#include <string>
#include <string_view>

#include "platform/result.h"
#include "storage/entry.h"

namespace tillkeeper::sync {

inline constexpr std::size_t kTopicTemplateBytesMax = 1024;

// kInvalid, in words: empty, too long, a wildcard, a control character, a field other than {store}, {till} and {type},
// or
// "$" at its beginning, where brokers keep topics of their own.
[[nodiscard]] Result<void> check_topic_template(std::string_view text);

// `text` is one that was checked. What of a field is not A-Z a-z 0-9 . _ - becomes "_", so that no value adds a level
// or a wildcard.
[[nodiscard]] std::string topic_of(std::string_view text, std::string_view store, const storage::Entry& entry);

}  // namespace tillkeeper::sync
