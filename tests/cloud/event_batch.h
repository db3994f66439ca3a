// What a request's body says: CloudEvents, each with the facts of its `data` that its destination cares about.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/result.h"
#include "tests/cloud/destination_name.h"

namespace tillkeeper::cloud {

inline constexpr std::size_t kEventsMax = 10000;

class JsonReader;

// The views point into the body, or into the batch.
struct Event {
    std::string_view id;
    std::string_view till;                 // the attribute `till`, or `subject`
    std::optional<std::int64_t> sequence;  // of the till; absent: its order is not watched
    std::string_view clock;                // "untrusted", "corrected"; empty: the box knew the time
    std::string_view arrived_at;           // with "corrected"
    std::string problem;                   // why the destination rejects it; empty: it does not

    std::string_view business_day;  // erp
    std::int64_t amount = 0;        // erp: data.total
    std::int64_t lines = 0;         // oms
    std::int64_t returns = 0;       // oms
    std::string_view member;        // crm; empty: none
    std::int64_t points = 0;        // crm: what earns points, or the points that a redemption spent

    std::string_view type;                                         // "tillkeeper.sale.v1"
    std::string_view loyalty_id;                                   // crm: the redemption that is told or voided
    std::string_view lease;                                        // crm: what it is taken from, or what is returned
    std::optional<std::int64_t> lease_spent;                       // crm: of a returned lease
    std::vector<std::pair<std::string_view, std::int64_t>> moved;  // oms: pieces of an article that left (or came: < 0)
};

// Types of the crm that are about points already earned: their data is the transaction as it was journalled.
inline constexpr std::string_view kRedemption = "tillkeeper.redemption.v1";
inline constexpr std::string_view kRedemptionVoided = "tillkeeper.redemption_voided.v1";
inline constexpr std::string_view kLeaseReturned = "tillkeeper.lease_returned.v1";

// A CloudEvent in binary mode as one in the JSON format. kInvalid: an attribute that may not be written so.
[[nodiscard]] Result<std::string> structured(const std::vector<std::pair<std::string, std::string>>& attributes,
                                             std::string_view data);

class EventBatch {
  public:
    // kInvalid: not JSON, not UTF-8, or not CloudEvents 1.0; kLimit: too many events.
    // `single`: one event, not an array. The body outlives the batch.
    [[nodiscard]] static Result<EventBatch> parse(Destination destination, std::string_view body, bool single);

    EventBatch(EventBatch&&) noexcept;
    ~EventBatch();

    std::vector<Event> events;

  private:
    EventBatch();

    std::unique_ptr<JsonReader> json_;  // keeps the strings that had escapes
};

}  // namespace tillkeeper::cloud
