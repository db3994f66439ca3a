// TillRegister: what the journal tells about each till: its last transaction, the numbers that are missing, and how far
// its clock is off. Pure: fed with entries in the journal's order. Bounded: at most kTillsMax tills.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "agent/tills/number_gaps.h"
#include "platform/clock.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kTillsMax = 1000;

struct TillFacts {
    storage::JournalNumber last_number = 0;
    WallTime last_arrived;
    NumberGaps numbers;
    // What the till's clock says more than the box's, by the least delayed of its last transactions. Nothing while the
    // box's own clock cannot be trusted. A till that hands over what it kept for long looks slow until it sells again.
    [[nodiscard]] std::optional<Duration> clock_ahead() const;

    std::deque<Duration> ahead;  // of the last transactions
};

class TillRegister {
  public:
    // `refers_to_is_here`: the journal has the transaction that this one refers to.
    //
    // A missing number is explained when it comes late; when a `till_opened` begins a row of its own; or when a `void`
    // names a transaction that never came: the number before it was never used.
    void take(const storage::Entry& entry, bool refers_to_is_here);

    [[nodiscard]] const std::map<std::string, TillFacts, std::less<>>& tills() const { return tills_; }

  private:
    std::map<std::string, TillFacts, std::less<>> tills_;
};

}  // namespace tillkeeper::agent
