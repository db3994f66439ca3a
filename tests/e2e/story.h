// The demo: a store that loses its network, its agent and its broker, and loses no sale.
//
// Thread: the main one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/e2e/lab.h"
#include "tests/e2e/points_ledger.h"
#include "tests/e2e/progress.h"
#include "tests/e2e/shared_balance.h"

namespace tillkeeper::lab {

struct StoryOptions {
    std::int64_t sales = 20'000;
    int tills = 8;
    std::uint64_t seed = 1;
    std::string from = {};  // a file of real sales; empty: generated ones
    bool terminal = false;
};

struct Outcome {
    Ledger ledger;
    PointsLedger points;
    bool days_agree = false;  // the ERP's amounts per day are those of the tills, and of the file
};

class Story {
  public:
    explicit Story(StoryOptions options);

    // From opening the store to the books; the store still runs afterwards. An error names what did not happen in time.
    [[nodiscard]] Result<Outcome> run();
    // How to look at the running store, hand it a sale and ask it, as lines of text.
    [[nodiscard]] std::string visitors_guide() const;
    [[nodiscard]] std::string page() const { return lab_ ? lab_->agent().page() : ""; }
    // Leaves the logs behind, and returns where.
    std::string keep_folder();

  private:
    [[nodiscard]] Result<void> open_store();
    [[nodiscard]] Result<void> open_second_store();
    [[nodiscard]] Result<void> begin_selling();
    [[nodiscard]] Result<void> cut_network();
    [[nodiscard]] Result<void> kill_agent();
    [[nodiscard]] Result<void> spend_points();
    [[nodiscard]] Result<void> kill_broker();
    [[nodiscard]] Result<void> network_returns();
    [[nodiscard]] Result<void> repair_sale();
    [[nodiscard]] Result<void> catch_up();
    [[nodiscard]] Result<Outcome> balance_books();

    // Shows progress until `condition` holds; an error naming `what` when it takes too long.
    [[nodiscard]] Result<void> until(const std::function<bool()>& condition, const std::string& what);
    [[nodiscard]] Result<void> until_sold(double share);
    [[nodiscard]] std::string held_number() const;
    [[nodiscard]] Snapshot look() const;

    StoryOptions options_;
    Progress progress_;
    std::unique_ptr<Lab> lab_;
    std::unique_ptr<SharedBalance> family_;
    std::unique_ptr<Tills> tills_;
    std::string poisoned_;
};

}  // namespace tillkeeper::lab
