// Trace: everything that happens in a story, as a hash always and as readable lines when somebody wants to read.
// Two runs of one seed give the same hash: the story is the same to the last bit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::simulation {

class Trace {
  public:
    explicit Trace(bool keep_lines) : keep_lines_(keep_lines) {}

    void add(Duration at, std::string_view who, std::string_view what);

    [[nodiscard]] std::uint64_t hash() const { return hash_; }
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

  private:
    void mix(std::string_view bytes);

    bool keep_lines_;
    std::uint64_t hash_ = 0xcbf29ce484222325U;
    std::vector<std::string> lines_;
};

}  // namespace tillkeeper::simulation
