// Erasures: `tillkeeper erase member`, as the control socket asks for it. One at a time.
//
//   POST /erasures   {"member_id","who","why"}   begins; 400, or 503 while another one runs
//   GET  /erasures {"state":"none|running|done|failed","step","done","total","erased","transactions","damaged","plain",
//                     "copies","error","destinations":{"erp":{"sent":9,"to_send":3}}}
//
// The member's id is kept in memory until the end and written nowhere. `who` and `why` are: they must not contain it.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "platform/http_server.h"
#include "storage/erasure.h"
#include "storage/journal_reader.h"
#include "storage/upkeep.h"

namespace tillkeeper::agent {

struct ErasureParts {
    storage::Upkeep& upkeep;
    storage::JournalReader& reader;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    std::vector<std::string> keep;  // see contract/redaction.h
    // Takes the member out of the copies of cloud data; how many records went.
    std::function<Result<std::int64_t>(const std::string& member_id)> erase_copies;
};

class Erasures {
  public:
    explicit Erasures(ErasureParts parts) : parts_(std::move(parts)) {}
    void handle(const ServerRequest& request, HttpServer::Reply reply);

  private:
    enum class State : std::uint8_t { kNone, kRunning, kDone, kFailed };
    [[nodiscard]] Result<std::string> begin(const std::string& body);
    void finished(const storage::Erasure& erasure, Result<void> result);
    [[nodiscard]] Result<void> count(const std::vector<storage::JournalNumber>& erased);
    [[nodiscard]] std::string to_json() const;

    ErasureParts parts_;
    State state_ = State::kNone;
    storage::WorkProgress progress_;
    std::size_t erased_ = 0;
    std::int64_t transactions_ = 0;  // without repairs and actions
    std::int64_t damaged_ = 0;
    std::int64_t plain_ = 0;  // storage::Erasure::plain()
    std::int64_t copies_ = 0;
    std::string destinations_;  // JSON members
    std::string error_;
};

}  // namespace tillkeeper::agent
