// A store that sells without pause while its daemon and its broker are killed and stopped again and again, and the
// account that is taken after it.
//
// Who, when and for how long follow from one seed; how far the daemon has come at such an instant does not.
// Thread: the one that made it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "tests/crash/closing.h"

namespace tillkeeper::crash {

struct StormOptions {
    int rounds = 240;
    std::uint64_t seed = 1;
    int tills = 4;  // every second one speaks MQTT 3.1.1
    int in_flight = 8;
    int per_second = 400;    // sales of all tills together
    int samples_every = 20;  // rounds between two looks into the stopped journal
};

struct Account {
    int rounds = 0;
    int agent_kills = 0;
    int early_kills = 0;   // of them before the daemon was ready
    int ending_kills = 0;  // of them while it was ending after SIGTERM
    int broker_kills = 0;
    int both_kills = 0;  // counted above as well
    int stops = 0;       // SIGSTOP of daemon, broker or cloud
    int offline_rounds = 0;
    int samples = 0;
    bool one_by_one = false;  // each till waited for its answer: nothing may be overtaken
    Closing closing;

    [[nodiscard]] bool agrees() const { return closing.agrees() && (!one_by_one || closing.overtaken == 0); }
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
    [[nodiscard]] Result<void> live(std::chrono::milliseconds span);
    [[nodiscard]] Result<void> stop_somebody();
    [[nodiscard]] Result<void> kill_agent();
    [[nodiscard]] Result<void> kill_broker();
    [[nodiscard]] Result<void> sample();
    [[nodiscard]] bool chance(int percent) { return up_to(99) < percent; }
    [[nodiscard]] int up_to(int last) { return std::uniform_int_distribution<int>(0, last)(random_); }

    StormOptions options_;
    std::mt19937_64 random_;
    std::unique_ptr<lab::Lab> lab_;
    lab::Tills tills_;
    bool offline_ = false;
    Account account_;
};

}  // namespace tillkeeper::crash
