// RequestBuilder: from a batch of entries to one HTTP request, as the destination's configuration says. No I/O.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/http.h"
#include "platform/mqtt_publisher.h"
#include "platform/random.h"
#include "storage/entry.h"
#include "sync/cloudevents.h"
#include "sync/destination.h"
#include "sync/gzip.h"
#include "sync/jq_program.h"

namespace tillkeeper::sync {

class RequestBuilder {
  public:
    // kInvalid when the mapping does not compile. `config` must outlive it. `clock_offset` may be empty.
    [[nodiscard]] static Result<RequestBuilder> make(const DestinationConfig& config, std::string store_id,
                                                     ClockOffset clock_offset = {});

    // Entries that cannot be mapped: place in the batch, and why. They must leave the batch before build().
    // Maps each of the batch; cheap without a mapping.
    using Faults = std::vector<std::pair<std::size_t, std::string>>;
    [[nodiscard]] Faults map(const std::vector<storage::Entry>& batch);

    // The request for what map() took without faults, in the same order; `batch` is not empty. The same transaction
    // always gets the same Idempotency-Key, and so does the same batch.
    [[nodiscard]] Result<HttpRequest> build(const std::vector<storage::Entry>& batch, Random& random);

    // The same as messages to a broker, one each: as the format says in the payload or in MQTT 5 properties
    // (CloudEvents MQTT protocol binding).
    [[nodiscard]] std::vector<MqttPublication> messages(const std::vector<storage::Entry>& batch, Random& random);

    // {"store","till","number","arrived_at","clock","transaction":{...}}, "clock" as in SaleTime; and "occurred_at" and
    // "business_day" where the transaction's own are wrong.
    [[nodiscard]] static std::string mapping_input(const storage::Entry& entry, const SaleTime& time,
                                                   std::string_view store_id);

  private:
    RequestBuilder(const DestinationConfig& config, std::string store_id, std::optional<JqProgram> mapping,
                   ClockOffset clock_offset);
    void add_clock(HttpHeaders& headers, const storage::Entry& entry) const;
    void add_attributes(HttpHeaders& headers, const storage::Entry& entry) const;
    [[nodiscard]] std::string_view content_type() const;
    [[nodiscard]] std::string_view data(const std::vector<storage::Entry>& batch, std::size_t i) const;
    [[nodiscard]] std::string event(const std::vector<storage::Entry>& batch, std::size_t i) const;
    [[nodiscard]] std::string records_of(const std::vector<storage::Entry>& batch) const;
    [[nodiscard]] std::string body_of(const std::vector<storage::Entry>& batch) const;

    const DestinationConfig* config_;
    std::unique_ptr<std::string> store_id_;  // its address stays when this moves
    std::optional<JqProgram> mapping_;
    ClockOffset clock_offset_;
    CloudEvents events_;
    std::unique_ptr<Gzip> gzip_;
    std::vector<std::string> mapped_;
};

// The transaction id of a single item, a digest over the ids of several.
[[nodiscard]] std::string idempotency_key(const std::vector<storage::Entry>& batch);

}  // namespace tillkeeper::sync
