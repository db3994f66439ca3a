// CloudEvents 1.0, JSON format, batched (application/cloudevents-batch+json).
//
// Each event: id = transaction id; source = "urn:tillkeeper:store:<id>"; type = "tillkeeper.<type>.v1"; subject = till;
// time = what the till said, when that is a valid time; and the extension attributes till, sequence, journalnumber (as
// strings: CloudEvents integers have 32 bits) and idempotencykey; and traceparent (the Distributed Tracing extension)
// where the till gave one. `data` is spliced in as it is, never parsed. Where the box did not know the time: clock
// ("untrusted" or "corrected"); and where it is corrected arrivedat and arrivedatoriginal, and, if the till had its
// time from the box, `time` is corrected, timeoriginal is what the till said and businessday the day of the corrected
// time.
#pragma once

#include <string>
#include <string_view>

#include "storage/entry.h"
#include "sync/sale_time.h"

namespace tillkeeper::sync {

inline constexpr std::string_view kCloudEventsBatchType = "application/cloudevents-batch+json; charset=utf-8";

class CloudEventsBatch {
  public:
    // `store_id` must outlive it.
    explicit CloudEventsBatch(std::string_view store_id) : store_id_(store_id) {}

    // Starts a new batch in `out`, whose capacity is kept.
    void begin(std::string& out);
    void add(std::string& out, const storage::Entry& entry, const SaleTime& time, std::string_view data);
    void end(std::string& out);

  private:
    std::string_view store_id_;
    std::string source_;  // as JSON, with everything around it that never changes
    bool first_ = true;
};

}  // namespace tillkeeper::sync
