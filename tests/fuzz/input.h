// Input: the bytes of the fuzzer, taken apart into numbers and texts. What is taken beyond the end is zero or empty, so
// that every prefix of an input means something.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tillkeeper::fuzz {

class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    // Below `limit`.
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : byte() % limit; }
    bool flag() { return (byte() & 1U) != 0; }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) value = value << 8U | byte();
        return value;
    }
    // Up to the next line break, which is taken too: readable inputs, and tokens of a dictionary fit in.
    std::string_view line() {
        const auto line = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
        return line;
    }
    std::string_view rest() {
        const auto all = rest_;
        rest_ = {};
        return all;
    }

  private:
    std::string_view rest_;
};

}  // namespace tillkeeper::fuzz
