// TwoWindows: how far one destination has come. As long as all goes in order that is one Window; where live
// transactions go before a backlog it is two, until the backlog's reaches the live one's beginning. Pure.
//
// The cursor is the backlog's: a crash meanwhile means that live ones are delivered again under their old keys.
// [sync-4]
#pragma once

#include <limits>
#include <optional>
#include <utility>

#include "sync/window.h"

namespace tillkeeper::sync {

class TwoWindows {
  public:
    explicit TwoWindows(storage::JournalNumber cursor) : backlog_(cursor) {}

    // From now on what comes after `last` goes first; all up to it is the backlog. Nothing changes while it is so
    // already, nor where something after `last` was read already.
    void put_first_after(storage::JournalNumber last) {
        if (!live_ && backlog_.loaded() <= last && backlog_.cursor() < last) live_.emplace(last), live_after_ = last;
    }
    [[nodiscard]] bool apart() const { return live_.has_value(); }
    [[nodiscard]] Window& backlog() { return backlog_; }
    [[nodiscard]] Window& live() { return *live_; }  // while apart()
    // The backlog's last number; without an end while not apart().
    [[nodiscard]] storage::JournalNumber backlog_end() const {
        return live_ ? live_after_ : std::numeric_limits<storage::JournalNumber>::max();
    }

    [[nodiscard]] storage::JournalNumber cursor() const { return backlog_.cursor(); }
    [[nodiscard]] bool open(storage::JournalNumber number) const {
        return live_ && number > live_after_ ? live_->open(number) : backlog_.open(number);
    }
    void settle(storage::JournalNumber number) {
        if (live_ && number > live_after_)
            live_->settle(number);
        else
            backlog_.settle(number);
        meet();
    }
    // As Window::rewind(), of both.
    void rewind() {
        backlog_.rewind();
        if (live_) live_->rewind();
    }
    // After backlog() was read: whether it has reached the live ones. They are one window then.
    void meet() {
        if (live_ && backlog_.cursor() >= live_after_) backlog_ = *std::exchange(live_, std::nullopt);
    }

  private:
    Window backlog_;
    std::optional<Window> live_;
    storage::JournalNumber live_after_ = 0;
};

}  // namespace tillkeeper::sync
