// PointsShop: the tills of one store, where members spend points and are looked up, hundreds of times a second.
//
// What is not answered is asked again under the same transaction, sometimes at another till; a decline counts when it
// answers what was asked last. Thread: one, that of the book.
#pragma once

#include <poll.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/json.h"
#include "tests/e2e/points_book.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::lab {

using Instant = std::chrono::steady_clock::time_point;

struct ShopSetup {
    std::string store = {};
    std::vector<std::string> tills = {};
    int members = 1;  // M00000000 and on
    double redemptions_per_second = 100;
    double lookups_per_second = 10;
    std::int64_t points_min = 1;
    std::int64_t points_max = 100;
    std::uint64_t seed = 1;
};

struct MemberLookup {
    std::string how;
    Instant asked;
    std::optional<Instant> answered;
    bool right = false;  // the member that was asked for
    std::string answer;  // of one that is not right
};

class PointsShop {
  public:
    // Every till is on the bus when it returns. `book` outlives it.
    [[nodiscard]] static Result<std::unique_ptr<PointsShop>> open(const Broker& broker, const ShopSetup& setup,
                                                                  PointsBook& book);

    // One round: what came, what must be asked again, and, while `open`, new customers. False: a till lost the bus.
    [[nodiscard]] bool turn(Instant now, bool open);
    void add_to(std::vector<pollfd>& polled) const;
    // What poll() said of those that add_to() added, from `first` on.
    [[nodiscard]] bool serve(const std::vector<pollfd>& polled, std::size_t first);
    // Nobody waits for an answer; for those to look-ups until `lookups_until`.
    [[nodiscard]] bool settled(Instant now, Instant lookups_until) const;
    [[nodiscard]] const std::vector<MemberLookup>& lookups() const { return lookups_; }
    [[nodiscard]] std::int64_t asked_again() const { return asked_again_; }

  private:
    struct Open {
        PointsAsked what;
        std::string last_request;
        Instant again_at;
        std::size_t till = 0;
    };
    PointsShop(ShopSetup setup, PointsBook& book) : setup_(std::move(setup)), book_(book), random_(setup_.seed) {}

    [[nodiscard]] bool say(std::size_t till, const std::string& topic, const std::string& payload);
    [[nodiscard]] bool ask(Open& open, Instant now);
    [[nodiscard]] bool begin(Instant now);
    [[nodiscard]] bool look_up(Instant now);
    void take(const Json& answer, Instant now);
    void take_redemption(const Json& answer, Instant now);
    [[nodiscard]] std::size_t any_till() { return random_.below(peers_.size()); }

    ShopSetup setup_;
    PointsBook& book_;
    fakes::SeededRandom random_;
    std::vector<std::unique_ptr<BusPeer>> peers_;
    std::map<std::string, Open> open_;                  // by transaction
    std::map<std::string, std::string> transactions_;   // by request
    std::map<std::string, std::size_t> asked_lookups_;  // by request
    std::vector<MemberLookup> lookups_;
    Instant next_redemption_{};
    Instant next_lookup_{};
    std::int64_t asked_again_ = 0;
    int requests_ = 0;
};

}  // namespace tillkeeper::lab
