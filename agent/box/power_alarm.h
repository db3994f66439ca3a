// PowerAlarm: when a power-fail line is believed, and what the daemon is to be told of it. Pure: time is an argument.
//
// A line that says "failing" for 10 ms is believed: less is a spark. A line that says "well" is believed after two
// seconds: power that comes back often goes again. While it fails the daemon is told again every 20 s, since it opens
// the store by itself a minute after the last word.
#pragma once

#include <optional>

#include "platform/clock.h"

namespace tillkeeper::box {

class PowerAlarm {
  public:
    static constexpr Duration kSpark = std::chrono::milliseconds(10);
    static constexpr Duration kWell = std::chrono::seconds(2);
    static constexpr Duration kAgain = std::chrono::seconds(20);
    static constexpr Duration kUnheard = std::chrono::seconds(1);

    enum class Word : bool { kBack, kFailing };

    // The line says so at this moment.
    void line(bool failing, MonotonicTime now);
    // What the daemon is to be told now; each word is given out once.
    [[nodiscard]] std::optional<Word> due(MonotonicTime now);
    // When due() has something next, if nothing changes.
    [[nodiscard]] std::optional<MonotonicTime> next() const;
    // The daemon did not hear that the power fails: it is told again soon.
    void unheard(MonotonicTime now) { told_at_ = now - kAgain + kUnheard; }

  private:
    bool failing_ = false;
    MonotonicTime since_{};
    bool told_ = false;  // that it fails
    MonotonicTime told_at_{};
};

}  // namespace tillkeeper::box
