// What one till has sold and must keep until it is answered, and when each is to be handed over (again).
//
// Pure: time is an argument. At most `window` are in flight; those come first that were sold first. An unanswered one
// is due again after the timeout, doubled at each try up to eight times; all in flight are due at once when the
// connection was lost. The same bytes each time.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "platform/clock.h"

namespace tillkeeper::till {

struct KeptSale {
    std::string id;
    std::string body;
    std::string business_day;
    std::int64_t total = 0;
    MonotonicTime first_sent{};
    MonotonicTime due{};
    int tries = 0;
};

class KeptSales {
  public:
    KeptSales(std::size_t window, Duration timeout) : window_(window), timeout_(timeout) {}

    void add(KeptSale sale) { backlog_.push_back(std::move(sale)); }

    // The next to hand over now, counted as handed over; nullptr when none is due. Valid until the next call.
    [[nodiscard]] const KeptSale* take_due(MonotonicTime now);
    // Forgets the sale; nothing when none such is in flight.
    [[nodiscard]] std::optional<KeptSale> settle(std::string_view id);
    // Nothing was stored: hand it over again later.
    void try_again(std::string_view id, MonotonicTime at);
    void connection_lost();

    // Room for a sale that would be handed over at once.
    [[nodiscard]] bool has_room() const { return backlog_.empty() && in_flight_.size() < window_; }
    [[nodiscard]] std::size_t waiting() const { return backlog_.size() + in_flight_.size(); }
    [[nodiscard]] std::int64_t sent_again() const { return sent_again_; }

  private:
    [[nodiscard]] const KeptSale* hand_over(KeptSale& sale, MonotonicTime now);

    std::size_t window_;
    Duration timeout_;
    std::deque<KeptSale> in_flight_;
    std::deque<KeptSale> backlog_;
    MonotonicTime earliest_due_ = MonotonicTime::max();  // of those in flight, or earlier
    std::int64_t sent_again_ = 0;
};

}  // namespace tillkeeper::till
