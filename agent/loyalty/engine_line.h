// EngineLine: the way from the till loop to the loyalty engine, over the sync loop, and back.
//
// A sync loop that is busy does not keep a customer waiting: a little after the engine's own deadline the till loop
// goes on alone. Ownership: everything passed in outlives it. Thread: the till loop.
#pragma once

#include <cstdint>
#include <map>

#include "agent/loyalty/live_redemptions.h"
#include "platform/event_loop.h"
#include "sync/redeemer.h"

namespace tillkeeper::agent {

class EngineLine final : public LiveRedemptions {
  public:
    // `deadline`: the redeemer's.
    EngineLine(EventLoop& till_loop, EventLoop& sync_loop, sync::Redeemer& redeemer, Duration deadline)
        : till_loop_(till_loop), sync_loop_(sync_loop), redeemer_(redeemer), deadline_(deadline) {}

    [[nodiscard]] bool worth_asking() const override { return redeemer_.worth_asking(); }
    void ask(const std::string& id, const RedemptionRequest& request,
             std::move_only_function<void(LiveRedemption)> done) override;

  private:
    struct Waiting {
        std::move_only_function<void(LiveRedemption)> done;
        Timer timer;
    };
    void end(std::uint64_t number, LiveRedemption answer);

    EventLoop& till_loop_;
    EventLoop& sync_loop_;
    sync::Redeemer& redeemer_;
    Duration deadline_;
    std::map<std::uint64_t, Waiting> waiting_;
    std::uint64_t last_ = 0;
};

}  // namespace tillkeeper::agent
