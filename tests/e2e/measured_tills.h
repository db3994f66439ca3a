// MeasuredTills: honest tills that sell at a steady pace, one sale in flight each, on a thread of their own.
//
// How long a sale took counts from when it was due, not from when it was sent: what had to queue behind a late one is
// late as well, and a pause shows in as many figures as sales were due in it. A sale without an answer is handed over
// again after kAgain, as a till does.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/till/broker_connection.h"

namespace tillkeeper::lab {

inline constexpr std::chrono::seconds kAgain{2};

struct MeasuredSales {
    std::vector<double> milliseconds;  // of each sale, sorted
    int again = 0;                     // hand-overs that were repeated
    int losses = 0;                    // of a connection

    // `share` of them took at most so long; 0 when there are none.
    [[nodiscard]] double at(double share) const;
};

class MeasuredTills {
  public:
    // They begin at once. `pace`: between two sales of one till.
    MeasuredTills(till::BrokerAddress address, std::vector<till::BrokerUser> users, std::chrono::milliseconds pace);
    // Waits for the last answers, at most 30 s.
    ~MeasuredTills();
    MeasuredTills(const MeasuredTills&) = delete;
    MeasuredTills& operator=(const MeasuredTills&) = delete;

    // Of the sales answered since the last call.
    [[nodiscard]] MeasuredSales take();
    // No new sales; true when all were answered before `limit` was over.
    [[nodiscard]] bool finish(std::chrono::milliseconds limit);
    // The ids that were accepted so far.
    [[nodiscard]] std::set<std::string> accepted();

  private:
    struct Till;
    void run(const std::vector<till::BrokerUser>& users);
    void turn(Till& till);
    void connect(Till& till);
    void hand_over(Till& till);
    void heard(Till& till, std::string_view payload);

    const till::BrokerAddress address_;
    const std::chrono::milliseconds pace_;
    std::atomic<bool> ending_{false};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    MeasuredSales sales_;
    std::set<std::string> accepted_;
    std::jthread thread_;
};

}  // namespace tillkeeper::lab
