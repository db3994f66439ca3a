// CloudEvents 1.0.2: one transaction as an event, in the JSON format or as attributes beside its data.
//
// Each event: id = transaction id; source = "urn:tillkeeper:store:<id>"; type = "tillkeeper.<type>.v1"; subject = till;
// time = what the till said, when that is a valid time; and the extension attributes till, sequence, journalnumber (as
// strings: CloudEvents integers have 32 bits) and idempotencykey; and traceparent (the Distributed Tracing extension)
// where the till gave one. `data` is spliced in as it is, never parsed. Where the box did not know the time: clock
// ("untrusted" or "corrected"); and where it is corrected arrivedat and arrivedatoriginal, and, if the till had its
// time from the box, `time` is corrected, timeoriginal is what the till said and businessday the day of the corrected
// time. Values only; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/entry.h"
#include "sync/sale_time.h"

namespace tillkeeper::sync {

inline constexpr std::string_view kCloudEventsBatchType = "application/cloudevents-batch+json; charset=utf-8";
inline constexpr std::string_view kCloudEventsType = "application/cloudevents+json; charset=utf-8";
inline constexpr std::string_view kCloudEventsDataType = "application/json";  // datacontenttype

class CloudEvents {
  public:
    explicit CloudEvents(std::string_view store_id);

    // Appends the event as JSON.
    void append(std::string& out, const storage::Entry& entry, const SaleTime& time, std::string_view data) const;
    // Its attributes by name, all but datacontenttype, for the binary content mode.
    using Attributes = std::vector<std::pair<std::string, std::string>>;
    [[nodiscard]] Attributes attributes(const storage::Entry& entry, const SaleTime& time) const;

  private:
    std::string source_;
};

// An attribute as the value of an HTTP header (HTTP protocol binding section 3.1.3.2): UTF-8, of which space, the
// double quote, the percent sign and all that is not printable ASCII are percent-encoded.
[[nodiscard]] std::string header_value(std::string_view attribute);

}  // namespace tillkeeper::sync
