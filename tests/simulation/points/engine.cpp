#include "tests/simulation/points/engine.h"

#include <chrono>

namespace tillkeeper::simulation {

void Engine::open(const std::string& member, std::int64_t points) {
    accounts_[member].opening = points;
    move(member, points);
}

void Engine::move(const std::string& member, std::int64_t points) {
    Account& account = accounts_[member];
    account.balance += points;
    members_.set(member, R"({"member_id":")" + member + R"(","card":"29)" + member.substr(1) + R"(","points":)" +
                             std::to_string(account.balance) + '}');
}

// Takes them where the booking says; negative: gives them back.
void Engine::book(const Booking& booking, std::int64_t points) {
    const auto lease = leases_.find(booking.lease);
    if (lease == leases_.end()) return move(booking.member, -points);
    GrantedLease& drawn = lease->second;
    drawn.spent += points;
    if (drawn.spent > drawn.amount)
        broken("[agent-17] " + std::to_string(drawn.spent) + " points are spent of " + lease->first + ", which has " +
               std::to_string(drawn.amount));
    if (!drawn.returned) return;
    if (points > 0) return;  // told before it was returned: it is in what the store said
    *drawn.returned += points;
    move(drawn.member, -points);
}

std::string Engine::redeem(const std::string& id, const std::string& member, std::int64_t points,
                           const std::string& transaction) {
    if (const auto known = bookings_.find(id); known != bookings_.end()) {
        const Booking& before = known->second;
        if (before.voided) return "voided";
        return before.member == member && before.points == points ? "" : "other_amount";
    }
    if (!accounts_.contains(member)) return "unknown_member";
    if (balance(member) < points) return "balance_too_low";
    const Booking& made = bookings_[id] = {
        .member = member, .points = points, .lease = {}, .transaction = transaction, .live = true, .booked = true};
    book(made, points);
    return "";
}

void Engine::grant(const std::string& store, const std::string& member, std::int64_t amount, WallTime now,
                   Duration lives) {
    if (amount < 1 || balance(member) < amount) return;
    const std::string id = "lease-" + std::to_string(leases_.size() + 1);
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto until = std::chrono::duration_cast<std::chrono::seconds>((now + lives).time_since_epoch()).count();
    leases_[id] = {.store = store, .member = member, .amount = amount, .expires = until};
    move(member, -amount);
    const std::string jws = hand_.sign(R"({"iss":")" + std::string(kIssuer) + R"(","aud":")" + store + R"(","jti":")" +
                                       id + R"(","sub":")" + member + R"(","amount":)" + std::to_string(amount) +
                                       R"(,"iat":)" + std::to_string(since) + R"(,"nbf":)" + std::to_string(since) +
                                       R"(,"exp":)" + std::to_string(until) + '}');
    lease_feeds_[store].set(id, R"({"jti":")" + id + R"(","jws":")" + jws + R"(","member_id":")" + member +
                                    R"(","store":")" + store + R"("})");
}

void Engine::earned(const std::string& sale, const std::string& member, std::int64_t points) {
    if (!sales_.insert(sale).second) return;
    accounts_[member].earned += points;
    move(member, points);
}

void Engine::redeemed(const std::string& id, const Booking& what, Duration now) {
    Booking& booking = bookings_[id];
    if (!booking.told) booking.told = now;
    if (booking.voided) return;
    if (!what.lease.empty() && !leases_.contains(what.lease)) broken("[agent-17] no such lease was granted: " + id);
    if (booking.booked) {
        if (booking.points != what.points || booking.member != what.member)
            broken("[agent-17] another redemption under the id " + id);
        if (!booking.live || what.lease.empty() || booking.lease == what.lease) return;
        book(booking, -booking.points);  // it moves: the answer had not reached the store
        booking.lease = what.lease;
        return book(booking, booking.points);
    }
    if (what.live) broken("[agent-17] approved live, and the engine knows nothing of it: " + id);
    booking = what;
    booking.booked = true;
    booking.told = now;
    book(booking, booking.points);
}

void Engine::voided(const std::string& id) {
    Booking& booking = bookings_[id];
    if (booking.booked && !booking.voided) book(booking, -booking.points);
    booking.voided = true;
}

void Engine::returned(const std::string& id, std::int64_t spent) {
    const auto lease = leases_.find(id);
    if (lease == leases_.end()) return broken("[agent-17] a lease is returned that nobody granted: " + id);
    GrantedLease& granted = lease->second;
    if (granted.returned) return;
    if (spent < 0 || spent > granted.amount)
        broken("[agent-17] " + id + " is returned with " + std::to_string(spent) + " points spent");
    granted.returned = spent;
    move(granted.member, granted.amount - spent);
    lease_feeds_[granted.store].remove(id);
}

}  // namespace tillkeeper::simulation
