// TillBus: takes transactions from the bus, hands them to the journal, and answers each one as the contract says.
//
// An answer other than `refused` leaves only after the journal's sync [agent-1]. Every transaction gets exactly one
// answer per hand-over while the broker is connected, in the order of each till [agent-2].
// A till that hands over much at once does not make the others wait: only so many of its transactions are on their way
// to the journal at a time, the rest waits unread, and what is beyond a limit is refused unread [agent-14]. Ownership:
// everything passed in outlives it. Thread: the till loop.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/contract/transaction.h"
#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "platform/mqtt.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

// How the transactions since start ended, in the order of the contract's outcomes.
enum class Outcome : std::uint8_t { kAccepted, kDuplicate, kQuarantined, kRefused };

struct BusObserver {
    // `seconds` from arrival to answer.
    std::function<void(Outcome, double seconds)> answered = [](Outcome, double) {};
    std::function<void(Refusal)> refused = [](Refusal) {};
};

class TillBus {
  public:
    TillBus(MqttClient& mqtt, storage::Writer& writer, EventLoop& loop, const Clock& clock, const Device& device,
            BusObserver observer);
    ~TillBus();
    TillBus(const TillBus&) = delete;
    TillBus& operator=(const TillBus&) = delete;

    // Whether it is a transaction.
    [[nodiscard]] static bool takes(const MqttMessage& message);
    void receive(MqttMessage message);

    // Until open() every hand-over is refused as `busy`, what waits here included. What the journal was offered before
    // is answered as ever.
    void close();
    void open() { closed_ = false; }

    // Whether something was handed over that the journal has not been offered yet.
    [[nodiscard]] bool waiting() const;

    // The topic filters that the bus wants to hear.
    static constexpr std::array<std::string_view, 1> kFilters{"tillkeeper/v1/tills/+/transactions"};

  private:
    struct Pending;  // one transaction between arrival and answer
    struct Intake;   // all of one till's

    void transaction(std::string till, MqttMessage message);
    void examine(Intake& intake, Pending pending, std::string payload);
    void offer(Intake& intake, Pending pending, storage::NewEntry entry);
    void let_more_in(Intake& intake);
    [[nodiscard]] bool clock_trusted(WallTime wall, MonotonicTime now);
    void turn_away(Pending pending);
    void refuse(Pending pending, Refusal refusal, const std::vector<Problem>& problems);
    void journal_answered(Pending pending, Result<storage::Receipt> receipt);
    void tell(Pending pending, Result<storage::Receipt> receipt);
    void answer(Pending pending, std::string payload, Outcome outcome);

    MqttClient& mqtt_;
    storage::Writer& writer_;
    EventLoop& loop_;
    const Clock& clock_;
    const std::string boot_id_;
    const Device& device_;
    BusObserver observer_;
    bool clock_trusted_ = false;
    Duration clock_offset_{};  // wall time less monotonic time, when it was asked
    MonotonicTime ask_clock_at_{};
    bool closed_ = false;
    std::map<std::string, std::unique_ptr<Intake>, std::less<>> intakes_;
};

}  // namespace tillkeeper::agent
