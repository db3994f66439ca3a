// The tills of the store: one run of simulated-tills.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

#include "tests/e2e/broker.h"
#include "tests/e2e/json.h"
#include "tests/e2e/process.h"

namespace tillkeeper::lab {

// So many that they sell until they hear "close", however slow the machine is.
inline constexpr std::int64_t kUntilClosed = 1'000'000'000;

struct TillsSetup {
    int tills = 2;
    std::int64_t sales = 100;  // or kUntilClosed
    std::uint64_t seed = 1;
    int per_second = 0;     // sales of all tills together; 0: as fast as answers come
    int in_flight = 16;     // unanswered, per till
    std::string from = {};  // a file of real sales; empty: generated ones
    // Through the till library, each with its outbox on disk and MQTT 5. Not where answers are timed, nor MQTT 3.1.1.
    bool library = false;
    std::vector<std::string> more = {};  // further arguments
};

// What the tills say of themselves.
struct TillsTally {
    std::int64_t sold = 0;
    std::int64_t accepted = 0;  // and duplicate: the till may forget it
    std::int64_t quarantined = 0;
    std::int64_t refused = 0;
    std::int64_t waiting = 0;
    std::int64_t sent_again = 0;
};

class Tills {
  public:
    // Starts selling. The output goes to FOLDER, which is made.
    [[nodiscard]] static Result<Tills> start(const std::filesystem::path& folder, const Broker& broker,
                                             const TillsSetup& setup);

    [[nodiscard]] TillsTally tally() const;
    // Everything sold is answered and none was refused for good.
    [[nodiscard]] Result<void> finish(std::chrono::milliseconds limit);
    [[nodiscard]] bool running() { return process_.running(); }
    // "pause", "resume", "close", "pace N", "poison N"; see tests/till/README.md.
    void say(const std::string& command) const { process_.say(command); }

    // Those whose acceptance a till has heard of, as far as they are written down: several times a second, and all at
    // the end.
    [[nodiscard]] std::set<std::string> accepted_ids() const;
    // The file of all answers, one a line; see tests/till/README.md.
    [[nodiscard]] std::filesystem::path notes() const;
    // The sale that was given an article nobody knows; "" as long as there is none.
    [[nodiscard]] std::string poisoned_id() const;
    // Printed at the end.
    [[nodiscard]] Json summary() const;

  private:
    Tills(std::filesystem::path folder, Process process) : folder_(std::move(folder)), process_(std::move(process)) {}
    // The last line that has this text in it; "" if none has.
    [[nodiscard]] std::string last_line_with(const std::string& text) const;

    std::filesystem::path folder_;
    Process process_;
};

// "till-1" ...: names for a broker with so many tills.
[[nodiscard]] std::vector<std::string> till_names(int count);

}  // namespace tillkeeper::lab
