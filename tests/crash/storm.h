// A store that sells without pause while its daemon is killed again and again, and the account that is taken after it.
//
// The instants, the broker's kills and the network's outages follow from one seed; how far the daemon has come at such
// an instant does not. Thread: the one that made it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "tests/crash/books.h"
#include "tests/crash/victim.h"
#include "tests/e2e/lab.h"

namespace tillkeeper::crash {

struct StormOptions {
    int rounds = 200;
    std::uint64_t seed = 1;
    int tills = 4;  // every second one speaks MQTT 3.1.1
    int in_flight = 8;
    int per_second = 400;    // sales of all tills together
    int samples_every = 20;  // rounds between two looks into the stopped journal
};

struct Account {
    int kills = 0;
    int early_kills = 0;  // of them before the daemon was ready
    int broker_kills = 0;
    int offline_rounds = 0;
    int samples = 0;
    lab::TillsTally tills;
    std::int64_t journal = 0;
    std::int64_t overtaken = 0;         // see books.h
    std::int64_t order_violations = 0;  // as the clouds count them, by the tills' own sequence
    std::int64_t erp = 0, oms = 0, crm = 0;
    bool one_by_one = false;    // each till waited for its answer: nothing may be overtaken
    std::int64_t repeated = 0;  // at all destinations: sent again, changed nothing
    Verdict verdict;

    // Everything sold is in the journal and took effect everywhere, the judge found nothing, and no cloud saw an order
    // other than the one in which it was handed over.
    [[nodiscard]] bool agrees() const;
    [[nodiscard]] std::string line() const;
};

class Storm {
  public:
    [[nodiscard]] static Result<std::unique_ptr<Storm>> open(const StormOptions& options);

    // All rounds. Stops at the first thing that must not be.
    [[nodiscard]] Result<void> rage();
    // The tills end their day, the clouds catch up, the daemon ends; then everything is compared.
    [[nodiscard]] Result<Account> settle();
    [[nodiscard]] lab::Scratch& folder() { return lab_->folder(); }

  private:
    Storm(const StormOptions& options, std::unique_ptr<lab::Lab> lab, lab::Tills tills);
    [[nodiscard]] Result<void> round(int number);
    [[nodiscard]] Result<void> change_weather();
    [[nodiscard]] Result<void> sample();
    [[nodiscard]] Result<void> close_the_day();
    [[nodiscard]] Result<void> judge_clouds(const std::vector<Recorded>& journal);
    [[nodiscard]] bool chance(int percent) { return up_to(99) < percent; }
    [[nodiscard]] int up_to(int last) { return std::uniform_int_distribution<int>(0, last)(random_); }
    [[nodiscard]] std::filesystem::path notes() const;

    StormOptions options_;
    std::mt19937_64 random_;
    std::unique_ptr<lab::Lab> lab_;
    lab::Tills tills_;
    Victim victim_;
    bool offline_ = false;
    Account account_;
};

}  // namespace tillkeeper::crash
