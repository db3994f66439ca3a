// RequestTrace: what is noted of the request that a lane has on its way, or of one message to a broker, until it ends.
// Nothing, where nobody listens or the trace is not sampled. Thread: the sync loop.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "platform/http.h"
#include "storage/entry.h"
#include "sync/destination.h"
#include "sync/item_answers.h"
#include "sync/request_span.h"

namespace tillkeeper::sync {

class RequestTrace {
  public:
    // The request leaves. Its span is the one in its own `traceparent`, a child of the till's where it carries one
    // transaction alone.
    void leaves(const SyncParts& sync, const DestinationConfig& config, const std::vector<storage::Entry>& batch,
                const HttpRequest& request);
    // The same of a message, or of anything else that carries `traceparent`.
    void leaves(const SyncParts& sync, const DestinationConfig& config, std::span<const storage::Entry> batch,
                std::string_view traceparent);
    void answered(int status) { status_ = status; }
    // It was a step, and another one comes.
    void goes_on(const SyncParts& sync);
    void ends(const SyncParts& sync, const BatchAnswer& read);

  private:
    void tell(const SyncParts& sync);

    std::optional<RequestSpan> span_;
    MonotonicTime left_{};
    int status_ = 0;
};

}  // namespace tillkeeper::sync
