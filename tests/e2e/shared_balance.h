// SharedBalance: the demo's second store, and a family whose two members spend one balance, each at another store.
//
// Thread: the main one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/e2e/json.h"
#include "tests/e2e/lab.h"

namespace tillkeeper::lab {

class SharedBalance {
  public:
    static constexpr std::int64_t kBalance = 1000;  // of the family
    static constexpr std::int64_t kLease = 400;     // of it, for each store

    // Further lines of the first store's configuration. Before it opens: the family is enrolled, and has its leases.
    [[nodiscard]] static std::string prepare(Cloud& cloud);
    // The second store is open, and both know the family, when it returns. `till` is one of the first store's that
    // nobody else uses. `first` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<SharedBalance>> open(Lab& first, const std::string& till);

    // Each store finds its member by card, telephone and e-mail. Where the answers came from: "live", "mirror" or
    // "live and mirror"; kNotFound when one did not.
    [[nodiscard]] Result<std::string> look_up();
    // At both stores, once each.
    [[nodiscard]] Result<void> spend(std::int64_t points);
    // At both stores, until each says no.
    [[nodiscard]] Result<void> spend_the_rest(std::int64_t points_each);

    // What tills were told is spent.
    [[nodiscard]] std::int64_t spent() const { return spent_; }
    [[nodiscard]] int redemptions() const { return approved_; }
    // Every destination of both stores has everything.
    [[nodiscard]] bool caught_up() const;

  private:
    SharedBalance(Lab& first, Store second, std::string till)
        : first_(first), second_(std::move(second)), till_(std::move(till)) {}
    // The answer of store 0 or 1; kUnavailable when none comes.
    [[nodiscard]] Result<Json> ask(int store, const std::string& topic, const std::string& members);
    // Whether it was approved.
    [[nodiscard]] Result<bool> redeem(int store, std::int64_t points);
    [[nodiscard]] Result<void> wait_for_copies();

    Lab& first_;
    Store second_;
    std::string till_;
    int asked_ = 0;
    int approved_ = 0;
    std::int64_t spent_ = 0;
};

}  // namespace tillkeeper::lab
