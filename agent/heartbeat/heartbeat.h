// Heartbeat: tells headquarters every few minutes how this store does. One request at a time, small, and never tried
// again before its time: the next one says more. Nothing waits for it, and nothing of it is kept.
//
// The first goes out at a random moment of the first interval and the others at their own pace, so that thousands of
// stores that come back at once do not speak at once. `Retry-After` is heeded.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/heartbeat/heartbeat_config.h"
#include "sync/oauth_client.h"

namespace tillkeeper::agent {

class Heartbeat {
  public:
    // `report` makes what is sent, when it is sent; "" while there is nothing to tell.
    using Report = std::function<std::string()>;
    // kInvalid when the key cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<Heartbeat>> make(HeartbeatConfig config, sync::SyncParts sync,
                                                                 Report report);

    void start();

  private:
    Heartbeat(HeartbeatConfig config, sync::SyncParts sync, Report report)
        : config_(std::move(config)), sync_(std::move(sync)), report_(std::move(report)) {}
    void later(Duration time);
    void beat();
    void heard(const HttpResponse& response);
    void note(const std::string& trouble);

    HeartbeatConfig config_;
    sync::SyncParts sync_;
    Report report_;
    std::unique_ptr<sync::OAuthWallet> wallet_;
    std::uint64_t generation_ = 0;
    std::string trouble_;  // as the log has it
    Timer next_;
    std::unique_ptr<HttpCall> call_;
};

}  // namespace tillkeeper::agent
