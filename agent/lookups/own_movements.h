// OwnMovements: tells the mirrors what this store itself moved since the cloud last heard of it: pieces sold (in
// thousandths, per article of `stock`) and points spent (whole, per member of `members`). Look-ups take them off.
//
// Reads the journal a slice at a time, so that a long one delays nobody on the loop, and goes on after a restart where
// it was. Only for collections that say whose deliveries they know. Ownership: everything passed in outlives it.
// Thread: the sync loop.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "platform/event_loop.h"
#include "storage/journal_reader.h"
#include "storage/mirrors.h"
#include "sync/source.h"

namespace tillkeeper::agent {

// What one entry moves, by key; below zero: it came back. Pure.
using Moved = std::map<std::string, std::int64_t>;
[[nodiscard]] Moved moved_stock(const std::string& type, const std::string& body);
[[nodiscard]] Moved moved_points(const std::string& type, const std::string& body);

struct MovementParts {
    storage::JournalReader& journal;  // of the sync loop
    storage::Mirrors& mirrors;
    EventLoop& loop;
    std::function<storage::JournalNumber(const std::string& destination)> delivered;  // its cursor
};

class OwnMovements {
  public:
    OwnMovements(const std::vector<sync::SourceConfig>& collections, MovementParts parts);

    // New entries are in the journal (or may be, at the start).
    void wake();
    // A pull of the collection is finished: what the cloud knows by now is forgotten.
    void pulled(const std::string& collection);

    // Takes one slice. True: there may be more.
    [[nodiscard]] Result<bool> step();

  private:
    [[nodiscard]] Result<storage::JournalNumber> where_to_begin();
    [[nodiscard]] Result<void> take(const storage::Entry& entry);
    [[nodiscard]] Result<void> add(const std::string& collection, storage::JournalNumber number, const Moved& moved,
                                   int sign);
    [[nodiscard]] Result<void> move(storage::JournalNumber number, const std::string& type, const std::string& body,
                                    int sign);
    void slice();

    MovementParts parts_;
    std::string stock_knows_;  // the destination; "": not followed
    std::string points_knows_;
    bool posted_ = false;
};

}  // namespace tillkeeper::agent
