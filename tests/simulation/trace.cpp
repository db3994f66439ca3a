#include "tests/simulation/trace.h"

#include <array>
#include <cstdio>

namespace tillkeeper::simulation {

void Trace::mix(std::string_view bytes) {
    for (const char byte : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
}

void Trace::add(Duration at, std::string_view who, std::string_view what) {
    const auto micros = static_cast<std::uint64_t>(at.count());
    hash_ = (hash_ ^ micros) * 0x100000001b3U;
    mix(who);
    mix(what);
    if (!keep_lines_) return;
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%10.3f s  ", static_cast<double>(micros) / 1e6);
    std::string line = time.data();
    line += who;
    line.append(who.size() < 9 ? 9 - who.size() : 1, ' ').append(what);
    lines_.push_back(std::move(line));
}

}  // namespace tillkeeper::simulation
