// TillFeed: brings a TillRegister up to the journal when somebody asks, a slice at a time, so that a long journal
// delays nobody else on the loop. What was read once is not read again. Ownership: the reader and the loop outlive it.
// Thread: the loop's.
#pragma once

#include <functional>
#include <vector>

#include "agent/tills/till_register.h"
#include "platform/event_loop.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {

class TillFeed {
  public:
    explicit TillFeed(storage::JournalReader& reader) : reader_(reader) {}

    // Takes one slice. True: there may be more.
    [[nodiscard]] Result<bool> step();
    using Done = std::move_only_function<void(Result<void>)>;
    // Takes everything there is, slice after slice, then calls `done`.
    void catch_up(EventLoop& loop, Done done);

    [[nodiscard]] const TillRegister& known() const { return register_; }
    // Up to this journal number.
    [[nodiscard]] storage::JournalNumber up_to() const { return up_to_; }

  private:
    void next_slice(EventLoop& loop);
    [[nodiscard]] Result<bool> is_here(const std::string& transaction_id);

    storage::JournalReader& reader_;
    TillRegister register_;
    storage::JournalNumber up_to_ = 0;
    std::vector<Done> waiting_;
};

}  // namespace tillkeeper::agent
