// How much is measured.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tillkeeper::bench {

struct Options {
    std::string only = "abcdefg";      // which figures, a letter each
    std::int64_t sales = 20'000;       // per repetition of the throughput; the others follow from it
    std::int64_t drained = 200'000;    // backlog that is drained
    std::int64_t backlog = 1'000'000;  // backlog that memory and start-up are measured with
    std::int64_t members = 5'000'000;  // in the copies that are looked up
    std::int64_t products = 1'000'000;
    std::int64_t refreshed = 1'000'000;  // members that are pulled anew while tills sell
    std::string mirrors;                 // folder where those copies are kept for the next run; empty: nowhere
    int repetitions = 5;
    std::chrono::seconds settling{7};  // of a daemon: it gives back after five what only starting took
    // Other builds of the daemon, of the broker and its guard, such as some in an emulator; empty: ours.
    std::string agent, broker, guard;
    std::string markdown;  // file to write the table to; empty: none

    [[nodiscard]] bool wants(char letter) const { return only.find(letter) != std::string::npos; }
};

inline constexpr int kSaleBytes = 1200;  // about so long is a sale's JSON
inline constexpr int kTills = 8;

}  // namespace tillkeeper::bench
