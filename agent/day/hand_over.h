// HandOver: transactions that come from an export rather than from a till, over the control socket.
//
//   POST /import   {"entries":[{"till","body","erased"}]}, at most kHandedOverMax
//                  {"answers":[{"outcome":"accepted|duplicate|quarantined|refused|busy","number":7,"problem":"..."}]}
//
// Each is examined as if its till handed it over now, and answered after the sync, in the same order. What is `busy`
// was not stored and may come again. One that an erasure has left less of is never stored beside its own original.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "platform/http_server.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kHandedOverMax = 200;

struct HandOverParts {
    storage::JournalReader& reader;
    storage::Writer& writer;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
};

class HandOver {
  public:
    explicit HandOver(HandOverParts parts) : parts_(parts) {}
    void handle(const ServerRequest& request, HttpServer::Reply reply);

  private:
    // What is still to be answered, and to whom.
    struct Batch {
        std::vector<std::string> answers;
        std::size_t open = 0;
        HttpServer::Reply reply;
    };
    // An entry of a batch.
    struct Place {
        std::int64_t batch = 0;
        std::size_t entry = 0;
    };
    void take(Place place, std::string_view entry);
    void offer(Place place, storage::NewEntry entry);
    void told(Place place, std::string answer);

    HandOverParts parts_;
    std::map<std::int64_t, Batch> batches_;
    std::int64_t last_batch_ = 0;
};

}  // namespace tillkeeper::agent
