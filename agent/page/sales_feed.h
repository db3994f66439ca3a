// SalesFeed: the sales of the open business day by the hour, and how much of them every destination has. Reads the
// journal when somebody looks; after a start there may be very many sales to read, and nobody waits for those.
// Ownership: everything passed in outlives it. Thread: the loop's.
#pragma once

#include <optional>
#include <vector>

#include "agent/day/day_feed.h"
#include "agent/page/facts.h"
#include "sync/destination.h"

namespace tillkeeper::agent {

class SalesFeed {
  public:
    SalesFeed(storage::JournalReader& reader, EventLoop& loop, const StoreDay& store,
              const std::vector<sync::DestinationConfig>& destinations, WallTime now)
        : reader_(reader),
          loop_(loop),
          store_(store),
          destinations_(destinations),
          feed_(reader, store, {open_day(now, store), open_day(now, store)}) {}

    // Nothing where the journal cannot be read.
    [[nodiscard]] std::optional<SalesDay> today(WallTime now);

  private:
    [[nodiscard]] std::optional<Turnover> delivered(const DayBook& book);

    storage::JournalReader& reader_;
    EventLoop& loop_;
    StoreDay store_;
    const std::vector<sync::DestinationConfig>& destinations_;
    DayFeed feed_;
    bool counting_ = false;
};

// From the first hour with a sale to the last. Pure.
[[nodiscard]] SalesDay sales_of(const Turnover& accepted, const std::optional<Turnover>& delivered,
                                std::string currency);

}  // namespace tillkeeper::agent
