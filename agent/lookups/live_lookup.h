// What the till loop asks of the sync loop. Both answer on the till loop.
#pragma once

#include <functional>
#include <string>

#include "platform/clock.h"
#include "storage/mirrors.h"
#include "sync/live_source.h"

namespace tillkeeper::agent {

struct LiveReply {
    sync::LiveAnswer answer{};
    storage::JournalNumber delivered = 0;  // what the cloud had of our journal when it was asked
};

class LiveLookup {
  public:
    using Done = std::move_only_function<void(LiveReply)>;
    virtual ~LiveLookup() = default;
    // Cheap. Whether asking the cloud is likely to be answered in time.
    [[nodiscard]] virtual bool worth_asking(const std::string& collection) const = 0;
    // `field` "" asks by key. `done` runs at most once, later than `deadline` at worst: who asks has a timer of its
    // own.
    virtual void ask(const std::string& collection, const std::string& field, const std::string& value,
                     MonotonicTime deadline, Done done) = 0;
};

class LookupKeeper {
  public:
    using Done = std::move_only_function<void(Result<void>)>;
    virtual ~LookupKeeper() = default;
    // Keeps a look-up that nobody could answer. `done` runs once it is durable, or could not be kept.
    virtual void keep(storage::DeferredLookup lookup, Done done) = 0;
};

}  // namespace tillkeeper::agent
