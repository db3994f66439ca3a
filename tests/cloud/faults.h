// Faults: how the cloud was told to fail. Several may be active at a destination; each has a probability and,
// optionally, a number of times. Everything random follows from the seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "platform/result.h"
#include "tests/cloud/destination_name.h"
#include "tests/cloud/event_batch.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::cloud {

enum class FaultMode {
    kNone,             // ends every fault of the destination
    kRefuse,           // the network is cut; only for all destinations together
    kHang,             // never answers; no effect
    kReset,            // resets the connection in the middle of the request's body; no effect
    kStatus,           // answers `status`; no effect
    kGarbage,          // answers 200 with what is not JSON; no effect
    kSlow,             // takes effect, answers after `delay_ms`
    kLoseAnswer,       // takes effect, then resets the connection instead of answering
    kCutAnswer,        // takes effect, then ends the connection in the middle of the answer's body
    kRejectItem,       // rejects the named items in the answer; the others take effect
    kRejectBatch,      // 400 for a whole batch that contains a named item, without saying which
    kServerErrorItem,  // 500 for a whole batch that contains a named item
};

struct Fault {
    std::optional<Destination> destination;  // empty: all
    FaultMode mode = FaultMode::kNone;
    double probability = 1;
    std::optional<std::uint64_t> count;  // times left
    int status = 500;
    std::optional<int> retry_after_s;
    std::chrono::milliseconds delay{0};
    std::unordered_set<std::string> items;
    std::string reason;  // of a rejection

    // From the JSON of the control port. kInvalid says what is wrong.
    [[nodiscard]] static Result<Fault> parse(std::string_view json);
};

// What one request meets.
struct Strike {
    bool hang = false;
    bool garbage = false;
    bool lose_answer = false;
    bool cut_answer = false;
    std::optional<int> status;
    std::optional<int> retry_after_s;
    std::chrono::milliseconds delay{0};
};

class Faults {
  public:
    explicit Faults(std::uint64_t seed) : random_(seed) {}

    // Adds it, or, with kNone, ends those of its destination (all: those of every destination).
    void set(Fault fault);
    [[nodiscard]] bool network_cut() const;
    // Asked once per request, when its head is there.
    [[nodiscard]] bool strikes_body(Destination destination);
    // Asked once per request, when all of it is there.
    [[nodiscard]] Strike strike(Destination destination);
    // Gives rejected events a problem; the status of the whole batch, if it fails as a whole.
    [[nodiscard]] std::optional<int> strike_items(Destination destination, std::vector<Event>& events);
    // How many are active.
    [[nodiscard]] std::size_t size() const { return faults_.size(); }

  private:
    bool hits(Fault& fault, Destination destination);
    void forget_used_up();

    std::vector<Fault> faults_;
    fakes::SeededRandom random_;
};

}  // namespace tillkeeper::cloud
