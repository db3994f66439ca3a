// LoyaltyEngine: balances, redemptions, leases: the engine's side as sync/README.md specifies it. Pure; in memory.
//
// Every redemption is booked once under its id, however it comes: live, as an event that was delivered, or both. What
// is granted as a lease is taken from the balance at once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/cloud/lease_signer.h"
#include "tests/cloud/table.h"

namespace tillkeeper::cloud {

struct Redemption {
    std::string id;
    std::string store;
    std::string member;
    std::int64_t points = 0;
    std::string lease;  // "": from the balance
};

struct RedemptionOutcome {
    bool approved = false;
    std::string reason;  // of a decline
    std::int64_t balance = 0;
};

// The store had spent what was not there any more: booked all the same, and told.
struct BookedOtherwise {
    std::string cause;
    std::int64_t amount = 0;
};

struct LeaseGrant {
    std::string store;
    std::string member;  // or
    std::string pool;
    std::int64_t amount = 0;
    std::int64_t seconds = 86400;  // how long it lives
};

class LoyaltyEngine {
  public:
    static constexpr std::int64_t kBasePerPoint = 100;  // one point for so much of the currency's minor unit
    static constexpr const char* kIssuer = "https://loyalty.cloud.test";

    // `members` outlives it.
    explicit LoyaltyEngine(Table& members) : members_(members), signer_("loyalty-1") {}

    // Members are changed only here: what they bring along is the opening balance. generate() begins anew.
    void generate(std::uint64_t count, std::uint64_t seed);
    [[nodiscard]] Result<std::string> set_member(const cJSON* record);
    bool remove_member(const std::string& member);
    // These members share one balance, the sum of theirs.
    [[nodiscard]] Result<void> make_pool(const std::string& pool, const std::vector<std::string>& members);

    [[nodiscard]] RedemptionOutcome redeem(const Redemption& asked);
    // What destinations got. Points that a sale earned; a member nobody knows is enrolled.
    void earned(const std::string& member, std::int64_t points_base);
    void delivered(const Redemption& redemption);
    [[nodiscard]] std::optional<BookedOtherwise> booked_otherwise(const std::string& redemption_id) const;
    // Gives back what was approved live and never came as an event; how many. One that comes later is booked again.
    std::int64_t release_unconfirmed();
    void voided(const std::string& redemption_id);
    void returned(const std::string& lease, std::int64_t spent);

    // The lease's id. kInvalid: more than the balance, no such member or pool.
    [[nodiscard]] Result<std::string> grant(const LeaseGrant& grant, std::int64_t now);
    [[nodiscard]] Table& leases_of(const std::string& store);
    [[nodiscard]] const LeaseSigner& signer() const { return signer_; }

    [[nodiscard]] std::string totals() const;                                           // JSON
    [[nodiscard]] std::string bookings() const;                                         // NDJSON, one each
    [[nodiscard]] std::string leases() const;                                           // NDJSON, one each
    [[nodiscard]] std::optional<std::string> account(const std::string& member) const;  // JSON

  private:
    struct Booking {
        Redemption what;
        bool live = false;
        bool booked = false;  // false: voided before it came
        bool voided = false;
        bool confirmed = false;  // an event came
        std::optional<BookedOtherwise> otherwise{};
    };
    struct Lease {
        LeaseGrant grant;
        std::int64_t spent = 0;  // booked against it
        std::optional<std::int64_t> returned{};
    };
    struct Pool {
        std::int64_t balance = 0;
        std::vector<std::string> members;
    };

    [[nodiscard]] std::string pool_of(const std::string& member) const;
    [[nodiscard]] std::int64_t balance_of(const std::string& member) const;
    void move(const std::string& member, const std::string& pool, std::int64_t points);
    void book(Booking& booking, int direction);
    [[nodiscard]] std::optional<BookedOtherwise> judged(Redemption& redemption) const;
    [[nodiscard]] std::int64_t balances() const;

    Table& members_;
    LeaseSigner signer_;
    std::map<std::string, Booking> bookings_;
    std::map<std::string, Lease> leases_;
    std::map<std::string, Pool> pools_;
    std::map<std::string, std::string> pool_of_;
    std::map<std::string, Table> feeds_;  // of leases, by store
    std::int64_t opening_ = 0;
    std::int64_t earned_ = 0;
    std::int64_t earned_base_ = 0;
    std::uint64_t leases_made_ = 0;  // counts on for ever
};

}  // namespace tillkeeper::cloud
