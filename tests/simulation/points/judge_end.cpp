// Judge, second half: what is owed at the end, and what stands in the journals.
#include <algorithm>

#include "tests/simulation/points/judge.h"

namespace tillkeeper::simulation {

std::string Judge::unsettled() const {
    for (const Question& asked : questions_) {
        if (asked.waits > 0) return "[agent-15] never answered: " + asked.key;
        if (asked.owed > 0) return "[agent-16] `unknown`, and never answered: " + asked.key;
    }
    for (const Wish& wish : wishes_)
        if (!wish.settled) return "[agent-17] never decided: " + wish.transaction;
    if (auto open = unbooked(); !open.empty()) return open;
    for (const auto& [id, told] : cloud_.otherwise())
        if (told.row.empty()) return "[sync-11] booked otherwise, and no row says so: " + id;
    for (const auto& [id, lease] : cloud_.engine().leases())
        if (!lease.returned) return "[agent-17] never returned: " + id;
    return unbalanced();
}

// What was told as approved is booked.
std::string Judge::unbooked() const {
    const auto& bookings = cloud_.engine().bookings();
    for (const auto& [wish, approval] : approved_) {
        const auto booking = bookings.find(approval.id);
        if (booking == bookings.end() || !booking->second.booked || !booking->second.told)
            return "[agent-17] approved, and never booked: " + wish.first;
        if (booking->second.voided) return "[agent-17] approved, and voided: " + wish.first;
        if (booking->second.points != approval.points || booking->second.member != wish.second)
            return "[agent-17] booked with another amount: " + wish.first;
    }
    return {};
}

// Booked for who was asked once more and then left alone: nobody was told, no word of it comes. The engine gives it
// back after some days (sync/README.md, "Reserve").
std::int64_t Judge::reserved(const std::string& member) const {
    std::int64_t points = 0;
    for (const auto& [id, booking] : cloud_.engine().bookings()) {
        if (booking.member != member || !booking.live || !booking.booked || booking.voided || booking.told) continue;
        const bool alone = std::ranges::any_of(wishes_, [&](const Wish& wish) {
            return wish.left_alone && wish.transaction == booking.transaction && wish.member == member;
        });
        points += alone ? booking.points : 0;
    }
    return points;
}

// Every point that was granted or earned is with its member, or was told as approved.
std::string Judge::unbalanced() const {
    for (const auto& [member, account] : cloud_.engine().accounts()) {
        std::int64_t spent = 0;
        for (const auto& [wish, approval] : approved_) spent += wish.second == member ? approval.points : 0;
        std::int64_t earned = 0;
        for (const Wish& wish : wishes_) earned += wish.earns && wish.member == member ? wish.points : 0;
        const std::int64_t left = account.opening + earned - spent - reserved(member);
        if (account.balance != left)
            return "[agent-17] " + member + " has " + std::to_string(account.balance) + " points and should have " +
                   std::to_string(left);
        if (left < 0 && rules_.allowance_member == 0)
            return "[agent-17] more is spent than was granted: " + std::to_string(left);
    }
    return {};
}

void Judge::audit(std::size_t store, storage::JournalReader& reader) {
    const auto whole = reader.verify({});
    check(whole && whole->first_bad == 0, store, "[storage-8] the chain is broken");
    Audited seen{.store = store, .of_lease = {}, .returned = {}, .redemptions = {}, .rows = {}, .allowed = {}};
    std::int64_t last = 0;
    for (bool more = true; more && broken_.empty();) {
        const auto page = reader.read_after(last, {});
        if (!page) return broken(now(store), "[storage-8] the journal cannot be read: " + page.error().message);
        more = !page->empty();
        for (const auto& entry : *page) {
            check(entry.number == last + 1, store, "[storage-1] a number is missing");
            last = entry.number;
            if (entry.type == "redemption") audit_redemption(entry, seen);
            if (entry.type == "lease_returned") audit_return(entry, seen);
            if (entry.type == "reconciliation")
                check(seen.rows.insert(entry.refers_to).second, store, "[sync-11] two rows about " + entry.refers_to);
        }
    }
    for (const auto& [wish, approval] : approved_)
        if (approval.store == store)
            check(seen.redemptions.contains(approval.id), store,
                  "[agent-17] approved, and not in the journal: " + wish.first);
    for (const auto& id : seen.redemptions)
        check(cloud_.otherwise().contains(id) == seen.rows.contains(id), store,
              "[sync-11] its row is missing, or nobody booked it otherwise: " + id);
    audit_allowance(seen);
}

void Judge::audit_redemption(const storage::Entry& entry, Audited& seen) {
    const auto body = lab::Json::parse(entry.body);
    const std::int64_t points = body["points"].number();
    const std::string jti = body["lease"].text();
    seen.redemptions.insert(entry.transaction_id);
    if (body["source"].text() == "live") return;
    if (jti.empty()) {
        for (const auto& [wish, approval] : approved_)
            if (approval.id == entry.transaction_id)
                seen.allowed.push_back({entry.transaction_id, wish.second, points, approval.told});
        return;
    }
    const auto& leases = cloud_.engine().leases();
    const auto lease = leases.find(jti);
    if (lease == leases.end()) return check(false, seen.store, "[agent-17] nobody granted " + jti);
    const bool in_time = entry.arrival.arrived_at < WallTime(std::chrono::seconds(lease->second.expires));
    check(entry.arrival.clock_trusted && in_time, seen.store,
          "[agent-17] spent of " + jti + (in_time ? " by a clock that nobody trusts" : " after its time"));
    check(!seen.returned.contains(jti), seen.store, "[agent-17] spent of " + jti + " after it was returned");
    check((seen.of_lease[jti] += points) <= lease->second.amount, seen.store,
          "[storage-13] more is spent of " + jti + " than it has");
}

void Judge::audit_return(const storage::Entry& entry, Audited& seen) {
    const auto body = lab::Json::parse(entry.body);
    const std::string jti = body["jti"].text();
    check(seen.returned.insert(jti).second, seen.store, "[agent-17] returned twice: " + jti);
    check(seen.of_lease[jti] == body["spent"].number(), seen.store,
          "[agent-17] " + jti + " is returned with " + std::to_string(body["spent"].number()) + " spent, and " +
              std::to_string(seen.of_lease[jti]) + " were");
    check(entry.arrival.clock_trusted, seen.store, "[agent-17] returned by a clock that nobody trusts: " + jti);
}

// What the engine had not heard of when one more was allowed belongs to the same outage, so it counts together.
void Judge::audit_allowance(const Audited& seen) {
    const auto& bookings = cloud_.engine().bookings();
    for (const auto& last : seen.allowed) {
        std::int64_t of_store = 0;
        std::int64_t of_member = 0;
        for (const auto& one : seen.allowed) {
            const auto booking = bookings.find(one.id);
            const bool known = booking != bookings.end() && booking->second.told && *booking->second.told <= last.told;
            if (one.told > last.told || known) continue;
            of_store += one.points;
            of_member += one.member == last.member ? one.points : 0;
        }
        check(of_store <= rules_.allowance_store && of_member <= rules_.allowance_member, seen.store,
              "[storage-13] beyond its allowance: " + last.id);
    }
}

}  // namespace tillkeeper::simulation
