// PointsBook: what tills asked about points and what they were told, held against what the loyalty engine booked.
// Everything from outside: no word of a daemon but its answers. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tillkeeper::lab {

struct PointsAsked {
    std::string transaction;
    std::string store;
    std::string member;
    std::int64_t points = 0;
};

// What the engine says, see tests/cloud/README.md.
struct PointsBooked {
    std::string id;
    std::string member;
    std::int64_t points = 0;
    bool stands = false;  // it was not voided
};
struct LeaseGranted {
    std::string id;
    std::int64_t amount = 0;
    std::int64_t spent = 0;
};
struct EngineBooks {
    std::vector<PointsBooked> bookings;
    std::vector<LeaseGranted> leases;
    std::map<std::string, std::int64_t> totals;
};
// From its NDJSON and its totals.
[[nodiscard]] EngineBooks read_engine(std::string_view bookings, std::string_view leases,
                                      std::map<std::string, std::int64_t> totals);

class PointsBook {
  public:
    void asked(const PointsAsked& what);
    // `redemption` names the booking, as the answer says.
    void told_approved(const std::string& transaction, const std::string& redemption);
    void told_declined(const std::string& transaction);

    // Each thing that must not be, in words; empty: everything agrees.
    [[nodiscard]] std::vector<std::string> faults(const EngineBooks& engine) const;

    [[nodiscard]] std::int64_t points_asked() const;     // of all transactions
    [[nodiscard]] std::int64_t points_approved() const;  // of those that a till was told
    [[nodiscard]] std::size_t transactions() const { return told_.size(); }
    [[nodiscard]] std::size_t approved() const { return transaction_of_.size(); }

  private:
    struct Told {
        PointsAsked what;
        std::set<std::string> redemptions;  // approved
        bool declined = false;
        bool declined_after_approval = false;
    };
    void judge_told(std::vector<std::string>& faults) const;
    void judge_bookings(const EngineBooks& engine, std::vector<std::string>& faults) const;

    std::map<std::string, Told> told_;
    std::map<std::string, std::string> transaction_of_;  // by redemption
};

}  // namespace tillkeeper::lab
