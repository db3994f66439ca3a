// Engine: the loyalty engine as sync/README.md specifies it, small, in memory: what it books is what counts.
//
// It shares no code with the stores, nor with the engine of tests/cloud.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "platform/clock.h"
#include "tests/simulation/points/feed.h"
#include "tests/simulation/points/lease_hand.h"

namespace tillkeeper::simulation {

struct Booking {
    std::string member;
    std::int64_t points = 0;
    std::string lease;  // "": from the balance
    std::string transaction{};
    bool live = false;
    bool booked = false;
    bool voided = false;
    std::optional<Duration> told{};  // when the store's word of it came
};

struct GrantedLease {
    std::string store;
    std::string member;
    std::int64_t amount = 0;
    std::int64_t expires = 0;  // seconds since 1970
    std::int64_t spent = 0;
    std::optional<std::int64_t> returned{};
};

struct Account {
    std::int64_t opening = 0;
    std::int64_t earned = 0;
    std::int64_t balance = 0;
};

class Engine {
  public:
    void open(const std::string& member, std::int64_t points);
    // "" or why not; it is booked then.
    [[nodiscard]] std::string redeem(const std::string& id, const std::string& member, std::int64_t points,
                                     const std::string& transaction);
    [[nodiscard]] std::int64_t balance(const std::string& member) const { return accounts_.at(member).balance; }
    // Nothing where the balance is too low.
    void grant(const std::string& store, const std::string& member, std::int64_t amount, WallTime now, Duration lives);

    // What a store's journal says; at least once.
    void earned(const std::string& sale, const std::string& member, std::int64_t points);
    void redeemed(const std::string& id, const Booking& what, Duration now);
    void voided(const std::string& id);
    void returned(const std::string& lease, std::int64_t spent);

    [[nodiscard]] const Feed& members() const { return members_; }
    [[nodiscard]] const Feed& leases_of(const std::string& store) { return lease_feeds_[store]; }
    [[nodiscard]] const std::string& jwk() const { return hand_.jwk(); }
    [[nodiscard]] const std::map<std::string, Booking>& bookings() const { return bookings_; }
    [[nodiscard]] const std::map<std::string, GrantedLease>& leases() const { return leases_; }
    [[nodiscard]] const std::map<std::string, Account>& accounts() const { return accounts_; }
    // A store says what cannot be.
    std::function<void(std::string)> broken = [](const std::string&) {};

  private:
    void move(const std::string& member, std::int64_t points);
    void book(const Booking& booking, std::int64_t points);

    LeaseHand hand_;
    std::map<std::string, Account> accounts_;
    std::map<std::string, Booking> bookings_;
    std::map<std::string, GrantedLease> leases_;
    std::set<std::string> sales_;
    Feed members_;
    std::map<std::string, Feed> lease_feeds_;  // by store
};

inline constexpr std::string_view kIssuer = "https://loyalty.example";

}  // namespace tillkeeper::simulation
