// Destination: one cloud system that gets transactions. Configuration, not code.
//
// Brings every entry it subscribes to from the journal to its address at least once, under the stable id and
// Idempotency-Key of the transaction, in order per till [sync-4]; holds what it rejects and lets the rest flow
// [sync-6]; never gives up because of an outage [sync-5].
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "platform/http.h"
#include "platform/random.h"
#include "platform/result.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"
#include "sync/delivery_times.h"
#include "sync/destination_kind.h"
#include "sync/mqtt_settings.h"
#include "sync/oauth_settings.h"
#include "sync/pace.h"
#include "sync/request_span.h"

namespace tillkeeper::sync {

struct DestinationConfig {
    std::string name;  // [a-z0-9_-]{1,32}
    DestinationKind kind = DestinationKind::kHttp;
    EventFormat format = EventFormat::kBatched;
    std::string url;
    std::string topic;               // kKafkaRest, kMqtt
    MqttSettings mqtt;               // kMqtt, in place of `url`
    std::string ca_file;             // empty: the system's certificate store
    std::vector<std::string> types;  // transaction types subscribed to, see subscription.h
    std::string mapping;             // jq program: transaction -> data of the request; empty: as it is
    std::string answer;              // jq program: answer -> {items:[{id,outcome,reason,document}]}; empty: that form
    std::string steps;               // kSteps: jq program (steps.h); then neither of those above
    DeliveryOrder order = DeliveryOrder::kByTill;
    bool proof_by_item = false;  // a 2xx proves only the items that its body names as delivered
    std::size_t batch_items_max = 200;
    std::size_t batch_bytes_max = std::size_t{1} << 20;  // before compression
    int lanes = 2;  // requests in flight; the transactions of one till stay in one lane
    bool gzip = true;
    Duration request_timeout = std::chrono::seconds(30);
    PaceLimits pace;
    OAuthClient oauth;
};

// A snapshot for status and metrics.
struct DestinationStatus {
    std::string name;
    enum class State : std::uint8_t { kIdle, kDelivering, kWaiting } state = State::kIdle;
    std::string cause;  // "" or why it waits, as the contract calls it: no_link, no_route, by_staff, ...
    storage::JournalNumber cursor = 0;
    WallTime waiting_since;       // meaningful with kWaiting
    std::uint64_t delivered = 0;  // since start, by result
    std::uint64_t rejected = 0;
    std::uint64_t again = 0;
    std::uint64_t unauthorised = 0;
    double rate_per_second = 0;  // delivered lately, for the ETA
    DeliveryTimes times{};       // of what was delivered since start, where it can be known
};

struct SyncParts {
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    Random& random;
    HttpClient& http;
    storage::JournalReader& reader;
    storage::Writer& writer;
    std::string store_id;  // CloudEvents source: "urn:tillkeeper:store:<store_id>"
    std::function<std::unique_ptr<MqttPublisher>(MqttBroker)> publisher{};  // needed for kMqtt alone
    RequestTracer tracer{};                                                 // empty: nobody listens
};

// What can be known without the journal and the network: the jq programs compile, the key can be read. kInvalid says
// which and where.
[[nodiscard]] Result<void> check(const DestinationConfig& config);

class Destination {
  public:
    // kInvalid when a jq program does not compile or a key cannot be read: says which and where.
    [[nodiscard]] static Result<std::unique_ptr<Destination>> make(DestinationConfig config, SyncParts parts);
    virtual ~Destination() = default;

    // Starts from the stored cursor.
    [[nodiscard]] virtual Result<void> start() = 0;
    // New entries are in the journal, or a person decided something.
    virtual void wake() = 0;
    // Ends a wait now: the network is back. What the service itself asked for (Retry-After) stays.
    virtual void retry_now() = 0;
    [[nodiscard]] virtual DestinationStatus status() const = 0;
};

}  // namespace tillkeeper::sync
