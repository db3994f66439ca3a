// A shift: a store's tills from the first sale to the last answer, with commands while it runs and reports of how it
// goes.
#pragma once

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/result.h"
#include "tests/fakes/seeded_random.h"
#include "tests/till/outbox.h"
#include "tests/till/retail_csv.h"
#include "tests/till/retail_days.h"
#include "tests/till/sales_generator.h"
#include "tests/till/till_loop.h"

namespace tillkeeper::till {

struct ShiftOptions {
    BrokerAddress broker;
    std::string users_file;
    std::size_t tills = 8;
    std::int64_t sales = -1;  // -1: 20,000, or the whole file
    std::uint64_t seed = 1;
    std::size_t in_flight = 16;
    double rate = 0;             // sales per second of each till; 0: as fast as answers come
    std::string mqtt = "mixed";  // 5, 311 or mixed
    std::string from;            // a file of real sales; empty: generated
    std::string outbox;          // empty: the tills' memory ends with the process
    std::string library;  // a folder: the tills go through the till library, their outboxes lie there; empty: bare
    std::string ids;      // where to write one line per answer; empty: nowhere
    std::size_t bytes = 0;
    std::string currency = "GBP";
    bool only_sales = false;
    bool poison = false;
    std::chrono::milliseconds timeout{2000};
    std::chrono::seconds deadline{0};  // 0: none
};

class Shift {
  public:
    // `progress` gets one line of JSON four times a second, and one for each event; nullptr: nobody.
    [[nodiscard]] static Result<std::unique_ptr<Shift>> prepare(ShiftOptions options, std::FILE* progress);
    ~Shift();

    // "pace N" (sales per second of all tills; 0: as fast as possible), "pause", "resume", "close", "poison N", "stop".
    void command(const std::string& line);
    // Takes commands from there, a line each.
    void take_commands(int descriptor);

    enum class End { kAllAnswered, kKeptRefused, kDeadline, kStopped };
    // Until everything is sold and answered, the deadline, or `stop`.
    [[nodiscard]] End run(const std::function<bool()>& stop);
    // One line of JSON: the counts, the amounts by day, and for a file whether they are the file's.
    [[nodiscard]] std::string summary() const;

  private:
    explicit Shift(ShiftOptions options, std::FILE* progress);
    [[nodiscard]] Result<void> open_source();
    [[nodiscard]] Result<void> open_files();
    [[nodiscard]] Result<void> add_tills();
    [[nodiscard]] Result<std::unique_ptr<SimulatedTill>> make_till(std::size_t index, TillOptions options);
    [[nodiscard]] TillEvents events_of(std::size_t index);
    void answered(std::size_t till, const std::string& id, const Answer& answer, std::optional<Duration> took);
    void note(std::size_t till, const std::string& id, const Answer& answer, std::optional<Duration> took) const;
    void count_waiting();
    void report(const std::string& line) const;

    ShiftOptions options_;
    std::FILE* progress_;
    fakes::SeededRandom random_;
    Pace pace_;
    Tally tally_;
    std::unique_ptr<SalesSource> source_;
    std::optional<OddRows> odd_;
    std::optional<AmountsByDay> expected_;
    std::optional<Outbox> outbox_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> ids_;
    std::vector<std::string> names_;
    TillLoop loop_;
    std::string typed_;  // the beginning of a command line
    MonotonicTime started_{};
    bool stopped_ = false;
};

}  // namespace tillkeeper::till
