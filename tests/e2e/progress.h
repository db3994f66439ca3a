// The demo's live picture: bars that redraw themselves on a terminal, plain lines anywhere else.
// Thread: one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tillkeeper::lab {

struct Snapshot {
    std::int64_t total = 0;                                  // sales of the whole demo
    std::vector<std::pair<std::string, std::int64_t>> done;  // bars, in order: "sold", "safe", "erp", ...
    std::string note;                                        // the store's state in a few words
};

class Progress {
  public:
    // Bars when `terminal`.
    explicit Progress(bool terminal);

    // A new part of the story; stays readable above the bars.
    void say(const std::string& sentence);
    // Draws, if the last time was long enough ago: 100 ms on a terminal, 2 s otherwise.
    void show(const Snapshot& snapshot);
    // Draws now and leaves the bars where they are.
    void finish(const Snapshot& snapshot);

  private:
    void draw(const Snapshot& snapshot);
    void erase();
    [[nodiscard]] std::string clock() const;

    bool terminal_;
    int drawn_lines_ = 0;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point next_;
};

// "####------", `width` characters.
[[nodiscard]] std::string bar(std::int64_t done, std::int64_t total, int width);
// "12,345"
[[nodiscard]] std::string grouped(std::int64_t number);

}  // namespace tillkeeper::lab
