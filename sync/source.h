// Source: a collection of cloud data that this store keeps a copy of. Configuration, not code.
//
// Pulls changes page by page into the mirrors while the network is there, after the sales: a page is asked for when no
// destination has a backlog, or when the copy is older than `fresh`. Never gives up because of an outage [sync-5],
// resumes in the middle of a run after a crash, and shows nothing before a run is complete [sync-9]. Ownership:
// everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/mirrors.h"
#include "sync/destination.h"
#include "sync/search_keys.h"

namespace tillkeeper::sync {

enum class SourceKind : std::uint8_t { kRest, kGraphQl };
enum class PageFormat : std::uint8_t { kJson, kNdjson };

// How a till's question reaches the cloud itself, before the mirror answers.
struct LiveConfig {
    std::string url;     // {key} is replaced by what was asked for, {field} by what it is (percent-encoded)
    std::string query;   // GraphQL: the query; its variables are key and field
    std::string answer;  // jq: {"status","body"} -> {"found":true,"record":{...}} or {"found":false}; "": 200 is the
                         // record, 404 none
    Duration deadline = std::chrono::milliseconds(300);  // in all
    int missed_max = 3;  // deadlines missed in a row; then the mirror answers at once while one probe at a time goes on
};

struct SourceConfig {
    std::string collection;  // [a-z0-9_-]{1,32}
    SourceKind kind = SourceKind::kRest;
    std::string url;    // {cursor} and {page} are replaced, percent-encoded; "" : only live
    std::string query;  // GraphQL: the query; its variables are cursor and page
    PageFormat format = PageFormat::kJson;
    // jq: {"status","headers","body"} -> {"records":[...],"deleted":["key"],"next":"page or null","cursor":"..."}. "":
    // the body is that document, or a plain array of records. NDJSON: each line is a record, or {"deleted":"key"}, or
    // {"next":..,"cursor":..}. `next` that begins with http: an address of the same origin.
    std::string answer;
    std::string record_key;               // member of a record: "member_id"
    std::vector<SearchKeyConfig> search;  // what a record can be found by besides
    Duration every = std::chrono::minutes(5);
    Duration fresh = std::chrono::hours(24);      // an older copy is answered with "stale": true
    Duration keep = std::chrono::hours(24 * 30);  // an older copy is not kept
    std::size_t page_bytes_max = std::size_t{8} << 20;
    Duration request_timeout = std::chrono::seconds(30);
    std::string ca_file;
    OAuthClient oauth;
    std::optional<LiveConfig> live;
    // The destination from whose deliveries the source's figures are made (stock: "erp"): what it has not got yet is
    // this store's own movement on top of the copy. "": none.
    std::string knows_deliveries_of;
};

struct SourceStatus {
    std::string collection;
    std::string cause;   // "" or why nothing is pulled: as DestinationStatus::cause, or "disk"
    std::string reason;  // the same in plain words; repeats nothing of what the source sent
    bool pulling = false;
    storage::MirrorState mirror;
    std::uint64_t pulls = 0, pages = 0, rows = 0;  // since start
    std::uint64_t not_kept = 0;                    // records of the newest run that cannot be kept
    std::string not_kept_why;                      // of the last one of them
};

struct SourceParts {
    SyncParts& sync;
    storage::Mirrors& mirrors;
    std::function<bool()> sales_wait;  // a destination has a backlog that it is delivering
    std::function<storage::JournalNumber(const std::string& destination)> delivered;  // its cursor
    std::function<void(const std::string& collection)> changed = [](const auto&) {};  // after each finished run
};

// As check() of a destination: what can be known without network and mirrors.
[[nodiscard]] Result<void> check(const SourceConfig& config);

class Source {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Source>> make(SourceConfig config, SourceParts parts);
    virtual ~Source() = default;
    virtual void start() = 0;
    virtual void retry_now() = 0;  // the network is back
    [[nodiscard]] virtual SourceStatus status() const = 0;
};

}  // namespace tillkeeper::sync
