// OutageLog: the outages of this store, kept in the journal's chain. Each has an entry when it begins and one when it
// is over; what the disk does not take now is written later. An outage over which the box restarts stays one.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <deque>
#include <vector>

#include "agent/outages/outage_watch.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

inline constexpr int kOutagesKnown = 200;  // the newest; older ones stay in the journal

struct OutageParts {
    storage::JournalReader& reader;
    storage::Writer& writer;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
};

class OutageLog {
  public:
    explicit OutageLog(OutageParts parts) : parts_(parts) {}

    // Each look at the store.
    void look(const StoreState& store);
    // The oldest first, with the one that goes on.
    [[nodiscard]] std::vector<Outage> all() const;

  private:
    [[nodiscard]] bool read_past();
    [[nodiscard]] std::int64_t sales_of(const Outage& outage) const;
    void write();
    void write_later();

    OutageParts parts_;
    OutageWatch watch_;
    bool past_known_ = false;
    std::deque<Outage> past_;                  // over
    std::deque<storage::NewEntry> unwritten_;  // the oldest first; the first may be on its way
    bool writing_ = false;
    Timer again_;
};

// What the journal of a stopped daemon tells.
[[nodiscard]] Result<std::vector<Outage>> past_outages(storage::JournalReader& reader);

}  // namespace tillkeeper::agent
