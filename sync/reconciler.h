// Reconciler: makes what a destination booked otherwise durable, before the transaction counts as settled there: a
// crash in between only means that it is sent again under its key and told again [sync-11].
//
// Where the disk takes nothing it tries again each second, for ever. Ownership: everything passed in outlives it; it is
// destroyed when the loop runs no more. Thread: the sync loop.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sync/destination.h"
#include "sync/reconciliation.h"

namespace tillkeeper::sync {

class Reconciler {
  public:
    // `sync` outlives it.
    Reconciler(const SyncParts& sync, std::string destination) : sync_(sync), destination_(std::move(destination)) {}

    // `done` runs once, never from inside note(): the row is in the journal, as it was told the first time.
    void note(const storage::Entry& transaction, const Difference& difference, Task done);
    // Whether a refusal of this one was noted. An error where the journal cannot be read.
    [[nodiscard]] Result<bool> refused(const storage::Entry& transaction);

  private:
    struct Waiting {
        storage::NewEntry entry;
        std::vector<Task> done;
        Timer again{};
        bool told = false;  // that it has to wait
    };
    [[nodiscard]] Result<bool> stored(const std::string& id);
    void store(const std::string& id);
    void store_later(const std::string& id, const Error& error);
    void end(const std::string& id);

    const SyncParts& sync_;
    const std::string destination_;
    std::map<std::string, Waiting> waiting_;
};

}  // namespace tillkeeper::sync
