#include "agent/loyalty/loyalty_books.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/contract/flat_object.h"
#include "agent/loyalty/lease_returns.h"
#include "platform/crypto.h"
#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr int kLeasesMax = 32;        // of one member or pool
constexpr int kStoreLeasesMax = 500;  // looked at in one go

// "" in a record without one, which is no lease.
std::string jws_of(const std::string& record) {
    const auto members = FlatObject::read(record);
    return members ? members->text("jws").value_or("") : "";
}

std::string key_id_of(std::string_view jws) {
    const auto header = base64url_decode(jws.substr(0, jws.find('.')));
    const auto members = FlatObject::read(header.value_or(""));
    return members ? members->text("kid").value_or("") : "";
}

}  // namespace

Result<std::optional<ApprovedRedemption>> LoyaltyBooks::approved(const std::string& id) {
    const auto number = journal_.number_of(id);
    if (!number) return std::unexpected(number.error());
    if (!*number) return std::nullopt;
    const auto entry = journal_.entry(**number);
    if (!entry) return std::unexpected(entry.error());
    return *entry ? read_redemption((*entry)->body) : std::nullopt;
}

Result<bool> LoyaltyBooks::voided(const std::string& id) {
    const auto number = journal_.number_of(void_id(id));
    if (!number) return std::unexpected(number.error());
    return number->has_value();
}

std::string LoyaltyBooks::member_hash(const std::string& member_id) const {
    return to_hex(hmac_sha256(names_.secret, member_id)).substr(0, 32);
}

Result<OfflineFacts> LoyaltyBooks::facts(const std::string& member_id) {
    OfflineFacts facts;
    facts.now = clock_.wall();
    facts.clock_trusted = device_.clock_trusted();
    if (auto seen = look_at_member(member_id, facts); !seen) return std::unexpected(seen.error());
    if (auto seen = look_at_leases("member_id", member_id, facts); !seen) return std::unexpected(seen.error());
    if (facts.member && !facts.member->pool.empty())
        if (auto seen = look_at_leases("pool", facts.member->pool, facts); !seen) return std::unexpected(seen.error());
    if (auto seen = look_at_outage(member_id, facts); !seen) return std::unexpected(seen.error());
    return facts;
}

Result<void> LoyaltyBooks::look_at_member(const std::string& member_id, OfflineFacts& facts) {
    if (mirrors_ == nullptr) return {};
    const auto answer = mirrors_->look_up(names_.members, {"", member_id}, 1);
    if (!answer) return std::unexpected(answer.error());
    if (answer->hits.empty()) return {};
    const auto& hit = answer->hits.front();
    const auto record = FlatObject::read(hit.body);
    const auto points = record ? record->integer("points") : std::nullopt;
    if (!points) return {};  // a record without a balance says nothing about it
    facts.member = MemberSeen{*points, record->is_true("closed"), record->text("pool").value_or("")};
    facts.moved = hit.moved;
    return {};
}

Result<void> LoyaltyBooks::look_at_leases(const std::string& field, const std::string& value, OfflineFacts& facts) {
    if (mirrors_ == nullptr) return {};
    const auto hits = mirrors_->find(names_.leases, {field, value}, kLeasesMax);
    if (!hits) return std::unexpected(hits.error());
    const bool by_pool = field == "pool";
    for (const auto& hit : *hits) {
        auto lease = lease_of(hit.body);
        // The record finds it, but only what is signed counts.
        if (lease && (by_pool ? lease->pool : lease->member) == value) facts.leases.push_back({std::move(*lease), 0});
    }
    std::vector<std::string> pots;
    for (const auto& seen : facts.leases) pots.push_back(lease_pot(seen.lease.id));
    const auto states = journal_.pots(pots);
    if (!states) return std::unexpected(states.error());
    for (std::size_t i = 0; i < states->size(); ++i) facts.leases[i].spent = (*states)[i].given;
    return {};
}

Result<std::vector<LeaseSeen>> LoyaltyBooks::leases_over() {
    std::vector<LeaseSeen> over;
    if (mirrors_ == nullptr || !device_.clock_trusted()) return over;
    const auto hits = mirrors_->find(names_.leases, {"store", names_.store}, kStoreLeasesMax);
    if (!hits) return std::unexpected(hits.error());
    for (const auto& hit : *hits) {
        // A proof costs some hundred times as much as a look, and sales wait meanwhile.
        const auto claim = claimed_by(jws_of(hit.body));
        if (!claim || clock_.wall() < claim->expires) continue;
        const auto returned = journal_.number_of(lease_return_id(claim->id));
        if (!returned) return std::unexpected(returned.error());
        if (*returned) continue;
        auto lease = lease_of(hit.body);
        if (!lease) continue;
        const std::array pots{lease_pot(lease->id)};
        const auto state = journal_.pots(pots);
        if (!state) return std::unexpected(state.error());
        over.push_back({std::move(*lease), state->front().given});
    }
    return over;
}

std::optional<Lease> LoyaltyBooks::lease_of(const std::string& record) {
    const auto jws = jws_of(record);
    LeaseKeys keys(names_.key_pins);
    const auto key = mirrors_->get(names_.keys, key_id_of(jws));
    if (!key || !*key || !keys.add((*key)->body)) return std::nullopt;
    auto lease = read_lease(jws, keys, names_.store, names_.issuer);
    if (!lease) {
        log(LogLevel::kWarning, "a lease is not used", {{"reason", lease.error().message}});
        return std::nullopt;
    }
    return std::move(*lease);
}

Result<storage::JournalNumber> LoyaltyBooks::delivered() {
    const auto cursors = journal_.cursors();
    if (!cursors) return std::unexpected(cursors.error());
    const auto own = std::ranges::find(*cursors, names_.destination, &storage::Cursor::destination);
    return own == cursors->end() ? 0 : own->number;
}

// An outage is over when the destination has the last redemption of it; the next redemption then begins the next one.
Result<void> LoyaltyBooks::look_at_outage(const std::string& member_id, OfflineFacts& facts) {
    const std::array last{outage_pot()};
    const auto counted = journal_.pots(last);
    if (!counted) return std::unexpected(counted.error());
    const std::int64_t number = counted->front().given;
    const std::array names{store_pot(number), member_pot(number, member_hash(member_id))};
    const auto spent = journal_.pots(names);
    if (!spent) return std::unexpected(spent.error());
    const auto cursor = delivered();
    if (!cursor) return std::unexpected(cursor.error());
    if ((*spent)[0].number <= *cursor)
        facts.outage = {.number = number + 1, .begins = true};
    else
        facts.outage = {number, false, (*spent)[1].given, (*spent)[0].given};
    return {};
}

}  // namespace tillkeeper::agent
