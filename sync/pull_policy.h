// PullPolicy: when a source is asked. Pure; time and randomness are arguments.
//
// Every `every`, a tenth earlier or later, so that a fleet does not come in step; after a failure with full jitter and
// without a budget [sync-5]; after the sales, unless the copy is older than `fresh` - and then one page at a time with
// a pause, so that the sales still go first [sync-9].
#pragma once

#include <optional>

#include "sync/backoff.h"

namespace tillkeeper::sync {

inline constexpr Duration kLookAgainAfter = std::chrono::seconds(1);               // whether the sales have gone
inline constexpr Duration kPagesApartWhileSales = std::chrono::milliseconds(250);  // of a copy that is too old
inline constexpr Duration kPullFailedWaitMax = std::chrono::minutes(1);

class PullPolicy {
  public:
    explicit PullPolicy(Duration every)
        : every_(every), backoff_({.base = std::chrono::milliseconds(500), .cap = kPullFailedWaitMax}) {}

    // At the start of the program: at once where there is no copy or a run was interrupted (`age` none).
    void start(std::optional<Duration> age, MonotonicTime now, Random& random);
    void finished(MonotonicTime now, Random& random);
    // A page came and was kept. A run that had to begin again has not proved anything by its first pages.
    void progressed() {
        if (!began_again_) backoff_.succeed();
    }
    void failed(MonotonicTime now, Random& random, std::optional<Duration> retry_after = {});
    void begin_again() { began_again_ = true; }
    // The network is back: ends a wait after a failure, but not one that the source asked for.
    void retry_now(MonotonicTime now);
    [[nodiscard]] bool due(MonotonicTime now) const { return now >= due_; }
    [[nodiscard]] MonotonicTime next() const { return due_; }
    [[nodiscard]] bool failing() const { return backoff_.failures() > 0; }

    // How long the next page waits for the sales; zero: it may go. `age`: of the copy, none: there is none.
    [[nodiscard]] static Duration wait_for_sales(bool sales_wait, std::optional<Duration> age, Duration fresh,
                                                 Duration since_last_page);

  private:
    Duration every_;
    Backoff backoff_;
    MonotonicTime due_{};
    MonotonicTime asked_off_{};
    bool began_again_ = false;
};

}  // namespace tillkeeper::sync
