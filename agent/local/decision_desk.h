// DecisionDesk: what a person decides about a held or quarantined transaction, checked and written into the chain. The
// one way there, from the control socket and from the staff page.
// Ownership: everything passed in outlives it. Thread: the reader's loop.
#pragma once

#include <functional>
#include <string>

#include "agent/contract/transaction.h"
#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

struct DecisionParts {
    storage::JournalReader& reader;
    storage::Writer& writer;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    std::function<void()> decided;  // destinations should look
};

struct DecisionWish {
    storage::Decision::Kind kind = storage::Decision::Kind::kRetry;
    storage::JournalNumber number = 0;
    std::string destination;  // "": it is quarantined
    std::string who;
    std::string why;
    std::string transaction{};  // kRepair: the whole of it, JSON
};

class DecisionDesk {
  public:
    static constexpr std::size_t kReasonBytesMax = 1000;

    explicit DecisionDesk(DecisionParts parts) : parts_(std::move(parts)) {}

    // `done` runs once: with the number of the entry that records it; kInvalid for a wish that cannot be, kNotFound
    // where nothing is held, else as Writer::decide.
    void decide(DecisionWish wish, storage::Writer::Decided done);

    // What the repaired transaction says of itself; as a till's, it must be in order. Only a quarantined one may change
    // its id: destinations have not seen it yet.
    [[nodiscard]] static Examined examine_repair(const storage::Entry& original, bool quarantined,
                                                 std::string transaction);

  private:
    DecisionParts parts_;
};

}  // namespace tillkeeper::agent
