// WaitingWork: what the writer was given and has not written yet. Bounded; any thread.
#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "storage/writer.h"

namespace tillkeeper::storage {

struct WaitingEntry {
    NewEntry entry;
    EventLoop* reply_on = nullptr;
    Writer::Accepted done;
};

struct WaitingDecision {
    Decision decision;
    EventLoop* reply_on = nullptr;
    Writer::Decided done;
};

// Somebody who waits until what was reported is stored.
struct WaitingReport {
    EventLoop* reply_on = nullptr;
    Writer::Reported done;
};

// What goes into one transaction, and the decisions after it.
struct Group {
    std::vector<NewEntry> entries;
    std::vector<WaitingEntry> askers;  // same order; their `entry` is moved from
    std::vector<Progress> progress;
    std::vector<WaitingReport> reports;  // for some of `progress`
    std::vector<WaitingDecision> decisions;

    // Entries and documents. The last room is for cursors and for what people decide: those set entries free.
    void leave_out_what_only_grows();
};

class WaitingWork {
  public:
    explicit WaitingWork(std::size_t entries_max) : entries_max_(entries_max) {}

    // True: the caller must see to it that the journal thread drains. kLimit: too much is waiting.
    [[nodiscard]] Result<bool> add(WaitingEntry entry);
    [[nodiscard]] bool add(WaitingDecision decision);
    // True: the first progress since the last take(); the caller must see to it that a timer runs.
    [[nodiscard]] bool add(Progress progress);
    // True: the caller must see to it that the journal thread drains.
    [[nodiscard]] bool add(Progress progress, WaitingReport report);
    // Puts progress back that could not be written, before what came meanwhile.
    void put_back(std::vector<Progress> progress);

    // Up to `entries_max` entries and everything else. After it the next add asks for a drain again.
    [[nodiscard]] Group take(std::size_t entries_max);
    [[nodiscard]] bool urgent() const;  // somebody waits for an answer
    [[nodiscard]] bool empty() const;
    [[nodiscard]] bool full() const;

  private:
    static void merge(std::vector<Progress>& into, Progress progress);

    const std::size_t entries_max_;
    mutable std::mutex mutex_;
    std::deque<WaitingEntry> entries_;
    std::vector<Progress> progress_;
    std::vector<WaitingReport> reports_;
    std::vector<WaitingDecision> decisions_;
    bool drain_asked_ = false;
};

}  // namespace tillkeeper::storage
