// LeaseReturns: gives back what is left of a lease when its time is over, so that the engine can give it to the balance
// again.
//
// The entry `lease_returned` says how much was spent and empties the lease's pot in the same transaction: nothing can
// be spent of it afterwards, and nothing is given back twice [agent-17]. While the clock cannot be trusted nothing is
// over. Ownership: everything passed in outlives it. Thread: the till loop.
#pragma once

#include <string>

#include "agent/loyalty/loyalty_books.h"
#include "platform/event_loop.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

struct LeaseReturnParts {
    storage::Writer& writer;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    LoyaltyBooks& books;
};

class LeaseReturns {
  public:
    explicit LeaseReturns(LeaseReturnParts parts) : parts_(parts) {}
    // Looks now, and every minute from then on.
    void start();
    void look();

  private:
    void give_back(const LeaseSeen& seen);

    LeaseReturnParts parts_;
    Timer timer_;
};

// The name of the entry that returns this lease, for ever.
[[nodiscard]] std::string lease_return_id(std::string_view lease_id);

}  // namespace tillkeeper::agent
