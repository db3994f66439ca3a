// Upkeep: long work on the journal, one piece after the other, a slice at a time between the groups of sales.
//
// Between two slices it rests, so that selling waits for one slice at most. [storage-7]
// It never recovers a failing journal: the writer does, with its next group.
// Ownership: journal and loop outlive it; it is destroyed when the loop runs no more. Thread: run() from any.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "platform/event_loop.h"
#include "storage/journal.h"
#include "storage/sliced_work.h"

namespace tillkeeper::storage {

class Upkeep {
  public:
    // Hands the work back, done or not.
    using Done = std::move_only_function<void(std::unique_ptr<SlicedWork>, Result<void>)>;
    using Told = std::function<void(WorkProgress)>;

    // `loop`: the journal thread's. `grown`: entries may have been added; journal thread.
    Upkeep(Journal& journal, EventLoop& loop, std::function<void()> grown)
        : journal_(journal), loop_(loop), grown_(std::move(grown)) {}

    // `told` after each slice and `done` once, both on `reply_on`.
    void run(std::unique_ptr<SlicedWork> work, EventLoop& reply_on, Told told, Done done);

  private:
    struct Piece {
        std::unique_ptr<SlicedWork> work;
        EventLoop* reply_on = nullptr;
        Told told;
        Done done;
    };
    void go_on();
    void finish(Result<void> result);

    Journal& journal_;
    EventLoop& loop_;
    std::function<void()> grown_;
    std::deque<Piece> pieces_;
    Timer rest_;
};

}  // namespace tillkeeper::storage
