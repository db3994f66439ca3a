// Shop: a whole store that sells without pause, with what every rig waits for, does and judges.
//
// Journal and sale go on while a rig breaks things around them. Thread: the one that made it, see process.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "tests/crash/closing.h"
#include "tests/e2e/lab.h"

namespace tillkeeper::rigs {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What must happen by itself does so within this; far above what it takes.
inline constexpr milliseconds kPatience = seconds(120);

struct ShopSetup {
    std::string name;  // of the rig; what it prints begins with it
    std::uint64_t seed = 1;
    int tills = 2;
    int in_flight = 4;
    int per_second = 100;  // of all tills together
    lab::CloudPlace cloud = {};
    lab::AgentSetup agent = {};  // data_folder: where the journal stands
};

class Shop {
  public:
    // Cloud, broker and agent run, and the tills have heard of their first accepted sales.
    [[nodiscard]] static Result<std::unique_ptr<Shop>> open(const ShopSetup& setup);

    [[nodiscard]] lab::Lab& lab() { return *lab_; }
    [[nodiscard]] lab::Agent& agent() { return lab_->agent(); }
    [[nodiscard]] lab::Tills& tills() { return tills_; }
    [[nodiscard]] cloud::CloudControl& cloud() { return lab_->cloud().control(); }

    // One line of progress.
    void say(const std::string& words) const;
    // kUnavailable "waited 60 s for WHAT" when it does not come about.
    [[nodiscard]] Result<void> wait_for(const std::string& what, const std::function<bool()>& condition,
                                        milliseconds limit = kPatience);
    // The tills hear of so many more accepted sales.
    [[nodiscard]] Result<void> sell(std::int64_t more);
    // No till hears of a sale accepted while `span` passes.
    [[nodiscard]] bool sells_nothing(milliseconds span);
    // /healthz and the status document both say whether transactions are accepted.
    [[nodiscard]] Result<void> wait_told(bool accepting);
    // Refusals with this problem that the tills have written down.
    [[nodiscard]] std::int64_t refusals(const std::string& problem) const;
    // How much they have written down so far, and how long 99 of 100 accepted sales took since then.
    [[nodiscard]] std::size_t noted() const;
    [[nodiscard]] Result<std::int64_t> p99_us_since(std::size_t noted) const;
    // The tills sell nothing more, until tills().say("resume"); returns when all is answered.
    [[nodiscard]] Result<void> pause();
    // Every destination has what was accepted so far, while nothing new arrives.
    [[nodiscard]] Result<void> wait_clouds();
    // SIGKILL and start again; returns when the page answers, whatever it says.
    [[nodiscard]] Result<void> restart();

    // Ends the day and takes account. An error unless everything agrees; the last words of a rig otherwise.
    [[nodiscard]] Result<crash::Closing> close();

  private:
    Shop(ShopSetup setup, std::unique_ptr<lab::Lab> lab, lab::Tills tills)
        : setup_(std::move(setup)), lab_(std::move(lab)), tills_(std::move(tills)) {}

    ShopSetup setup_;
    std::unique_ptr<lab::Lab> lab_;
    lab::Tills tills_;
    std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
};

}  // namespace tillkeeper::rigs
