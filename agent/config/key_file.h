// The file with the journal's keys: 64 hex digits a line; the first line seals, further ones only open what they sealed
// before. Or 32 raw bytes, one key.
#pragma once

#include <string>
#include <string_view>

#include "platform/result.h"
#include "storage/body_codec.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kJournalKeysMax = 4;

// `content` without a final line break. kInvalid says what it must hold; never shows content.
[[nodiscard]] Result<storage::BodyKeys> parse_keys(std::string_view content);
// As read_config_file() and then parse_keys().
[[nodiscard]] Result<storage::BodyKeys> read_key_file(const std::string& path);
// The text of such a file.
[[nodiscard]] std::string key_file_text(const storage::BodyKeys& keys);

}  // namespace tillkeeper::agent
