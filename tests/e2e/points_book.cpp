#include "tests/e2e/points_book.h"

#include <sstream>

#include "tests/e2e/json.h"

namespace tillkeeper::lab {

EngineBooks read_engine(std::string_view bookings, std::string_view leases,
                        std::map<std::string, std::int64_t> totals) {
    EngineBooks engine{.bookings = {}, .leases = {}, .totals = std::move(totals)};
    std::istringstream booked{std::string(bookings)};
    for (std::string line; std::getline(booked, line);) {
        const auto one = Json::parse(line);
        engine.bookings.push_back(
            {one["id"].text(), one["member_id"].text(), one["points"].number(), one["stands"].number() == 1});
    }
    std::istringstream granted{std::string(leases)};
    for (std::string line; std::getline(granted, line);) {
        const auto one = Json::parse(line);
        engine.leases.push_back({one["jti"].text(), one["amount"].number(), one["spent"].number()});
    }
    return engine;
}

void PointsBook::asked(const PointsAsked& what) {
    told_[what.transaction].what = what;
}

void PointsBook::told_approved(const std::string& transaction, const std::string& redemption) {
    told_[transaction].redemptions.insert(redemption);
    transaction_of_[redemption] = transaction;
}

void PointsBook::told_declined(const std::string& transaction) {
    auto& told = told_[transaction];
    told.declined = true;
    told.declined_after_approval |= !told.redemptions.empty();
}

std::vector<std::string> PointsBook::faults(const EngineBooks& engine) const {
    std::vector<std::string> faults;
    judge_told(faults);
    judge_bookings(engine, faults);
    for (const auto& lease : engine.leases)
        if (lease.spent > lease.amount)
            faults.push_back(lease.id + " of " + std::to_string(lease.amount) + " was spent " +
                             std::to_string(lease.spent));
    const auto total = [&](const char* name) {
        const auto found = engine.totals.find(name);
        return found == engine.totals.end() ? 0 : found->second;
    };
    if (engine.totals.empty()) faults.emplace_back("the engine says no totals");
    if (total("difference") != 0) faults.emplace_back("points appeared or vanished in the engine");
    if (total("spent") > total("opening") + total("earned")) faults.emplace_back("more was spent than there ever was");
    if (total("spent") != points_approved())
        faults.push_back("the engine booked " + std::to_string(total("spent")) + ", tills were told " +
                         std::to_string(points_approved()));
    return faults;
}

void PointsBook::judge_told(std::vector<std::string>& faults) const {
    for (const auto& [transaction, told] : told_) {
        if (told.redemptions.empty() && !told.declined) faults.push_back(transaction + " was never answered");
        if (told.redemptions.size() > 1) faults.push_back(transaction + " was approved under several ids");
        if (told.declined_after_approval) faults.push_back(transaction + " was declined after it was approved");
    }
}

void PointsBook::judge_bookings(const EngineBooks& engine, std::vector<std::string>& faults) const {
    std::set<std::string> seen;
    for (const auto& booked : engine.bookings) {
        if (!booked.stands) continue;
        const auto known = transaction_of_.find(booked.id);
        if (known == transaction_of_.end()) {
            faults.push_back(booked.id + " is booked, and no till was told");
            continue;
        }
        if (!seen.insert(booked.id).second) faults.push_back(booked.id + " is booked twice");
        const auto& what = told_.at(known->second).what;
        if (what.points != booked.points || what.member != booked.member)
            faults.push_back(booked.id + " is booked otherwise than it was asked for");
    }
    for (const auto& [redemption, transaction] : transaction_of_)
        if (!seen.contains(redemption)) faults.push_back(transaction + " was approved, and is not booked");
}

std::int64_t PointsBook::points_asked() const {
    std::int64_t sum = 0;
    for (const auto& [transaction, told] : told_) sum += told.what.points;
    return sum;
}

std::int64_t PointsBook::points_approved() const {
    std::int64_t sum = 0;
    for (const auto& [redemption, transaction] : transaction_of_) sum += told_.at(transaction).what.points;
    return sum;
}

}  // namespace tillkeeper::lab
