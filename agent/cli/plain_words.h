// Causes, times and sizes as people say them.
#pragma once

#include <cstdint>
#include <string>

namespace tillkeeper::cli {

// Of the contract's causes; one that is not known stays as it is.
[[nodiscard]] std::string cause_in_words(const std::string& cause);
// A cause that only a person takes away, as far as this box can tell.
[[nodiscard]] bool needs_a_person(const std::string& cause);
// What a runway is limited by, and what to do about it; one that is not known stays as it is.
[[nodiscard]] std::string limit_in_words(const std::string& limit);

// "45 s", "12 min", "2 h 5 min", "3 d 4 h".
[[nodiscard]] std::string time_in_words(std::int64_t seconds);
// "512 bytes", "1.5 KiB", "41.2 MiB".
[[nodiscard]] std::string bytes_in_words(std::uint64_t bytes);

}  // namespace tillkeeper::cli
