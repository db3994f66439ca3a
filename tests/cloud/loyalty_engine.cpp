#include "tests/cloud/loyalty_engine.h"

#include <algorithm>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

void append(std::string& out, std::string_view name, std::int64_t value) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":" + std::to_string(value);
}

std::string text(std::string_view value) {
    std::string out;
    append_json_string(out, value);
    return out;
}

}  // namespace

void LoyaltyEngine::generate(std::uint64_t count, std::uint64_t seed) {
    bookings_.clear();
    leases_.clear();
    pools_.clear();
    pool_of_.clear();
    feeds_.clear();
    earned_ = earned_base_ = 0;
    members_.generate(count, seed);
    opening_ = members_.sum();
}

Result<std::string> LoyaltyEngine::set_member(const cJSON* record) {
    const std::int64_t before = members_.sum();
    auto key = members_.set(record);
    opening_ += members_.sum() - before;
    return key;
}

bool LoyaltyEngine::remove_member(const std::string& member) {
    const std::int64_t before = members_.sum();
    const bool removed = members_.remove(member);
    opening_ += members_.sum() - before;
    return removed;
}

Result<void> LoyaltyEngine::make_pool(const std::string& pool, const std::vector<std::string>& members) {
    Pool made{.members = members};
    for (const auto& member : members) {
        if (!members_.number(member)) return fail(ErrorCode::kNotFound, "no member " + member);
        if (pool_of_.contains(member)) return fail(ErrorCode::kInvalid, member + " is in a pool");
        made.balance += *members_.number(member);
    }
    for (const auto& member : members) {
        const Tree record = parse_tree(*members_.row(member));
        cJSON_AddStringToObject(record.get(), "pool", pool.c_str());
        cJSON_ReplaceItemInObjectCaseSensitive(record.get(), "points",
                                               cJSON_CreateNumber(static_cast<double>(made.balance)));
        if (auto set = members_.set(record.get()); !set) return std::unexpected(set.error());
        pool_of_[member] = pool;
    }
    pools_[pool] = std::move(made);
    return {};
}

std::string LoyaltyEngine::pool_of(const std::string& member) const {
    const auto found = pool_of_.find(member);
    return found == pool_of_.end() ? "" : found->second;
}

std::int64_t LoyaltyEngine::balance_of(const std::string& member) const {
    return members_.number(member).value_or(0);
}

void LoyaltyEngine::move(const std::string& member, const std::string& pool, std::int64_t points) {
    if (pool.empty()) {
        members_.add(member, points);
        return;
    }
    pools_[pool].balance += points;
    for (const auto& each : pools_[pool].members) members_.add(each, points);
}

// direction 1: takes the points; -1: gives them back.
void LoyaltyEngine::book(Booking& booking, int direction) {
    const std::int64_t points = booking.what.points * direction;
    const auto lease = leases_.find(booking.what.lease);
    if (lease == leases_.end()) return move(booking.what.member, pool_of(booking.what.member), -points);
    lease->second.spent += points;
    // A lease that has been settled cannot give back: the balance can.
    if (direction < 0 && lease->second.returned) {
        *lease->second.returned += points;
        move(lease->second.grant.member, lease->second.grant.pool, -points);
    }
}

RedemptionOutcome LoyaltyEngine::redeem(const Redemption& asked) {
    auto known = bookings_.find(asked.id);
    if (known != bookings_.end() && !known->second.booked && !known->second.voided) known = bookings_.end();
    const auto decline = [&](const char* reason) { return RedemptionOutcome{false, reason, balance_of(asked.member)}; };
    if (known != bookings_.end()) {
        const Booking& booking = known->second;
        if (booking.voided) return decline("voided");
        const bool same = booking.what.member == asked.member && booking.what.points == asked.points;
        return same ? RedemptionOutcome{true, "", balance_of(asked.member)} : decline("other_amount");
    }
    const auto row = members_.row(asked.member);
    if (!row) return decline("unknown_member");
    if (cJSON_IsTrue(member_of(parse_tree(*row).get(), "closed")) != 0) return decline("member_closed");
    if (asked.points < 1 || balance_of(asked.member) < asked.points) return decline("balance_too_low");
    Booking& booking = bookings_[asked.id];
    booking = {.what = asked, .live = true, .booked = true};
    booking.what.lease.clear();
    book(booking, 1);
    return {true, "", balance_of(asked.member)};
}

void LoyaltyEngine::earned(const std::string& member, std::int64_t points_base) {
    if (!members_.number(member)) {
        const Tree record = parse_tree("{\"member_id\":" + text(member) + R"(,"tier":"basic","points":0})");
        static_cast<void>(members_.set(record.get()));
    }
    earned_base_ += points_base;
    earned_ += points_base / kBasePerPoint;
    move(member, pool_of(member), points_base / kBasePerPoint);
}

void LoyaltyEngine::delivered(const Redemption& redemption) {
    Booking& booking = bookings_[redemption.id];
    if (booking.voided) return;
    booking.confirmed = true;
    const bool names_lease = leases_.contains(redemption.lease);
    if (booking.booked) {
        if (!booking.live || !names_lease || booking.what.lease == redemption.lease) return;
        book(booking, -1);  // it moves from the balance to the lease that the store took it from
        booking.what.lease = redemption.lease;
        return book(booking, 1);
    }
    if (!names_lease && !members_.number(redemption.member)) earned(redemption.member, 0);
    booking.what = redemption;
    if (!names_lease) booking.otherwise = judged(booking.what);
    booking.booked = true;
    book(booking, 1);
}

// Who pays for it now, and what is wrong with that.
std::optional<BookedOtherwise> LoyaltyEngine::judged(Redemption& redemption) const {
    const Tree record = parse_tree(members_.row(redemption.member).value_or("{}"));
    const cJSON* heir = member_of(record.get(), "merged_into");
    if (cJSON_IsString(heir) != 0 && members_.number(heir->valuestring)) {
        redemption.member = heir->valuestring;
        return BookedOtherwise{"member_merged", redemption.points};
    }
    if (cJSON_IsTrue(member_of(record.get(), "closed")) != 0)
        return BookedOtherwise{"member_closed", redemption.points};
    const auto missing = redemption.points - std::max<std::int64_t>(balance_of(redemption.member), 0);
    return missing > 0 ? std::optional(BookedOtherwise{"balance_too_low", missing}) : std::nullopt;
}

std::optional<BookedOtherwise> LoyaltyEngine::booked_otherwise(const std::string& redemption_id) const {
    const auto known = bookings_.find(redemption_id);
    return known == bookings_.end() ? std::nullopt : known->second.otherwise;
}

std::int64_t LoyaltyEngine::release_unconfirmed() {
    std::int64_t released = 0;
    for (auto& [id, booking] : bookings_) {
        if (!booking.live || !booking.booked || booking.voided || booking.confirmed) continue;
        book(booking, -1);
        booking.booked = booking.live = false;
        ++released;
    }
    return released;
}

void LoyaltyEngine::voided(const std::string& redemption_id) {
    Booking& booking = bookings_[redemption_id];
    if (booking.booked && !booking.voided) book(booking, -1);
    booking.voided = true;
}

void LoyaltyEngine::returned(const std::string& id, std::int64_t spent) {
    const auto lease = leases_.find(id);
    if (lease == leases_.end() || lease->second.returned) return;
    const auto& grant = lease->second.grant;
    lease->second.returned = spent;
    move(grant.member, grant.pool, grant.amount - spent);
    leases_of(grant.store).remove(id);
}

Result<std::string> LoyaltyEngine::grant(const LeaseGrant& grant, std::int64_t now) {
    const auto pool = pools_.find(grant.pool);
    const bool for_pool = !grant.pool.empty();
    if (for_pool ? pool == pools_.end() : !members_.number(grant.member).has_value())
        return fail(ErrorCode::kInvalid, "no such member or pool");
    if (!for_pool && pool_of_.contains(grant.member)) return fail(ErrorCode::kInvalid, "its pool has the balance");
    const std::int64_t balance = for_pool ? pool->second.balance : balance_of(grant.member);
    if (grant.amount < 1 || grant.amount > balance) return fail(ErrorCode::kInvalid, "more than the balance");
    const std::string id = "lease-" + std::to_string(++leases_made_);
    std::string claims = R"({"iss":")" + std::string(kIssuer) + R"(","aud":)" + text(grant.store) + R"(,"jti":")" + id +
                         (for_pool ? R"(","pool":)" + text(grant.pool) : R"(","sub":)" + text(grant.member));
    append(claims, "amount", grant.amount);
    append(claims, "iat", now);
    append(claims, "nbf", now);
    append(claims, "exp", now + grant.seconds);
    move(grant.member, grant.pool, -grant.amount);
    leases_[id] = {.grant = grant};
    const Tree record = parse_tree(R"({"jti":")" + id + R"(","jws":")" + signer_.sign(claims + "}") + "\"}");
    if (auto set = leases_of(grant.store).set(record.get()); !set) return set;
    return id;
}

Table& LoyaltyEngine::leases_of(const std::string& store) {
    return feeds_.try_emplace(store, RowKind::kLeases).first->second;
}

std::int64_t LoyaltyEngine::balances() const {
    std::int64_t sum = members_.sum();
    for (const auto& [name, pool] : pools_) sum -= pool.balance * (std::ssize(pool.members) - 1);
    return sum;
}

std::string LoyaltyEngine::totals() const {
    std::int64_t live = 0, leased = 0, allowance = 0, voids = 0, open = 0, granted = 0, overspent = 0, unsettled = 0;
    for (const auto& [id, booking] : bookings_) {
        voids += booking.voided ? 1 : 0;
        if (!booking.booked || booking.voided) continue;
        const bool on_lease = leases_.contains(booking.what.lease);
        (on_lease ? leased : booking.live ? live : allowance) += booking.what.points;
    }
    for (const auto& [id, lease] : leases_) {
        granted += lease.grant.amount;
        overspent += std::max<std::int64_t>(lease.spent - lease.grant.amount, 0);
        open += lease.returned ? 0 : lease.grant.amount - lease.spent;
        unsettled += lease.returned ? *lease.returned - lease.spent : 0;
    }
    std::string out = "{";
    append(out, "members", static_cast<std::int64_t>(members_.count()));
    append(out, "opening", opening_);
    append(out, "earned", earned_);
    append(out, "earned_base", earned_base_);
    append(out, "spent", live + leased + allowance);
    append(out, "spent_live", live);
    append(out, "spent_leased", leased);
    append(out, "spent_allowance", allowance);
    append(out, "voided", voids);
    append(out, "granted", granted);
    append(out, "leases_open", open);
    append(out, "leases_overspent", overspent);
    append(out, "unsettled", unsettled);
    append(out, "balance", balances());
    append(out, "difference", opening_ + earned_ - live - leased - allowance - open - unsettled - balances());
    return out + "}\n";
}

std::string LoyaltyEngine::bookings() const {
    std::string out;
    for (const auto& [id, booking] : bookings_) {
        std::string line = "{\"id\":" + text(id) + ",\"member_id\":" + text(booking.what.member) +
                           ",\"lease\":" + text(booking.what.lease);
        append(line, "points", booking.what.points);
        append(line, "stands", booking.booked && !booking.voided ? 1 : 0);
        out += line + "}\n";
    }
    return out;
}

std::string LoyaltyEngine::leases() const {
    std::string out;
    for (const auto& [id, lease] : leases_) {
        std::string line = "{\"jti\":" + text(id) + ",\"store\":" + text(lease.grant.store) +
                           ",\"member_id\":" + text(lease.grant.member) + ",\"pool\":" + text(lease.grant.pool);
        append(line, "amount", lease.grant.amount);
        append(line, "spent", lease.spent);
        append(line, "returned", lease.returned.value_or(-1));
        out += line + "}\n";
    }
    return out;
}

std::optional<std::string> LoyaltyEngine::account(const std::string& member) const {
    if (!members_.number(member)) return {};
    std::int64_t spent = 0, leased = 0;
    for (const auto& [id, booking] : bookings_)
        if (booking.booked && !booking.voided && booking.what.member == member) spent += booking.what.points;
    for (const auto& [id, lease] : leases_)
        if (lease.grant.member == member && !lease.returned) leased += lease.grant.amount - lease.spent;
    std::string out = "{\"member_id\":" + text(member);
    append(out, "balance", balance_of(member));
    append(out, "spent", spent);
    append(out, "leased", leased);
    return out + "}\n";
}

}  // namespace tillkeeper::cloud
