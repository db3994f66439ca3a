#include "agent/loyalty/lease_returns.h"

#include <utility>

#include "agent/contract/problem.h"
#include "platform/crypto.h"
#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kLookEvery = std::chrono::minutes(1);

}  // namespace

std::string lease_return_id(std::string_view lease_id) {
    return "lease-return:" + to_hex(sha256(lease_id)).substr(0, 40);
}

void LeaseReturns::start() {
    look();
    timer_ = parts_.loop.after(kLookEvery, [this] { start(); });
}

void LeaseReturns::look() {
    const auto ended = parts_.books.leases_over();
    if (!ended) return log(LogLevel::kWarning, "leases cannot be returned", {{"reason", ended.error().message}});
    for (const auto& seen : *ended) give_back(seen);
}

void LeaseReturns::give_back(const LeaseSeen& seen) {
    const auto now = parts_.clock.wall();
    storage::NewEntry entry;
    entry.transaction_id = lease_return_id(seen.lease.id);
    entry.type = "lease_returned";
    entry.occurred_at = to_rfc3339(now, true);
    entry.body = R"({"id":)" + quoted(entry.transaction_id) + R"(,"type":"lease_returned","occurred_at":)" +
                 quoted(entry.occurred_at) + R"(,"jti":)" + quoted(seen.lease.id) + R"(,"spent":)" +
                 std::to_string(seen.spent) + '}';
    entry.arrival = {now, parts_.clock.monotonic(), parts_.device.boot_id(), parts_.device.clock_trusted()};
    // An approval that crosses it changes the pot: it is returned at the next look then, with the right sum.
    entry.spends.push_back({.pot = lease_pot(seen.lease.id),
                            .amount = seen.lease.amount - seen.spent,
                            .limit = seen.lease.amount,
                            .expected = seen.spent});
    auto offered = parts_.writer.offer(std::move(entry), parts_.loop, [](const Result<storage::Receipt>& receipt) {
        if (!receipt) log(LogLevel::kInfo, "a lease is returned later", {{"reason", receipt.error().message}});
    });
    if (!offered) log(LogLevel::kInfo, "a lease is returned later", {{"reason", offered.error().message}});
}

}  // namespace tillkeeper::agent
