#include "agent/day/manifest_check.h"

#include <algorithm>

namespace tillkeeper::agent {
namespace {

using storage::Entry;
using storage::EntryKind;

std::string named(const Manifest& manifest) {
    return "manifest " + std::to_string(manifest.serial) + " of " + manifest.business_day;
}

std::string range_text(std::int64_t first, std::int64_t last) {
    return first == last ? "number " + std::to_string(first)
                         : "numbers " + std::to_string(first) + " to " + std::to_string(last);
}

std::string amounts_text(const Amounts& amounts) {
    return std::to_string(amounts.count) + " with " + std::to_string(amounts.sum);
}

// Where two sums are not the same, in minor units.
void compare(const Sums& said, const Sums& came, const std::string& where, std::vector<ManifestFault>& faults) {
    Sums names = said;
    names.add(came);
    const auto of = [](const Sums& sums, const SumName& name) {
        const auto found = sums.all().find(name);
        return found == sums.all().end() ? Amounts{} : found->second;
    };
    for (const auto& [name, both] : names.all()) {
        const auto expected = of(said, name);
        const auto found = of(came, name);
        if (expected == found) continue;
        faults.push_back({"differs", where,
                          name.what + (name.currency.empty() ? "" : " in " + name.currency) + ": " +
                              amounts_text(found) + " received, " + amounts_text(expected) + " in the manifest"});
    }
}

}  // namespace

std::vector<ManifestFault> chain_faults(std::span<const MadeManifest> manifests) {
    std::vector<ManifestFault> faults;
    for (std::size_t i = 1; i < manifests.size(); ++i) {
        const auto& before = manifests[i - 1];
        const auto& here = manifests[i].manifest;
        const auto broken = [&](std::string what) { faults.push_back({"broken_chain", named(here), std::move(what)}); };
        if (here.store != before.manifest.store) broken("it is of store " + here.store);
        if (here.serial != before.manifest.serial + 1)
            broken("manifests are missing between " + std::to_string(before.manifest.serial) + " and " +
                   std::to_string(here.serial));
        else if (here.previous != manifest_hash(before.jws))
            broken("it follows another manifest than the one given");
        if (here.first != before.manifest.last + 1)
            broken("it begins at journal number " + std::to_string(here.first) + ", the one before ends at " +
                   std::to_string(before.manifest.last));
    }
    for (const auto& each : manifests)
        if (each.manifest.entries != each.manifest.last - each.manifest.first + 1)
            faults.push_back({"broken_chain", named(each.manifest), "it does not count all of its entries"});
    return faults;
}

ManifestCheck::ManifestCheck(std::span<const MadeManifest> manifests) : manifests_(manifests) {
    for (const auto& [manifest, jws] : manifests_)
        for (const auto& row : manifest.rows) {
            Share& share = shares_[{manifest.serial, row.till}];
            share.numbers.push_back(row.totals.numbers);
            for (const auto& each : row.totals.by_id.named) share.ids.insert(each.id);
            share.said.add(row.totals);
        }
}

void ManifestCheck::received(const Entry& entry) {
    if (!entry.damaged.empty() || !is_of_a_till(entry)) return;
    if (entry.kind == EntryKind::kQuarantined || entry.kind == EntryKind::kAction) return;
    const auto covering = std::ranges::find_if(manifests_, [&](const MadeManifest& each) {
        return each.manifest.first <= entry.number && entry.number <= each.manifest.last;
    });
    if (covering == manifests_.end() || !seen_.insert(entry.number).second) return;
    ++covered_;
    Share& share = shares_[{covering->manifest.serial, entry.till}];
    static_cast<void>(share.came.take(entry));
    if (share.ids.erase(entry.transaction_id) > 0) return;
    for (auto& row : share.numbers)
        if (entry.till_sequence && row.has(*entry.till_sequence)) return row.take_out(*entry.till_sequence);
    faults_.push_back({"too_much", "till " + entry.till,
                       (entry.till_sequence ? range_text(*entry.till_sequence, *entry.till_sequence) : "no number") +
                           ", id " + entry.transaction_id + ", journal number " + std::to_string(entry.number)});
}

void ManifestCheck::judge(const Key& key, const Share& share) {
    const std::string where = "till " + key.second;
    for (const auto& row : share.numbers)
        for (const auto& [first, last] : row.ranges()) faults_.push_back({"missing", where, range_text(first, last)});
    for (const auto& id : share.ids) faults_.push_back({"missing", where, "id " + id});
    compare(share.said.types, share.came.types, where, faults_);
    compare(share.said.tenders, share.came.tenders, where, faults_);
}

std::vector<ManifestFault> ManifestCheck::finish() {
    for (const auto& [key, share] : shares_) judge(key, share);
    return std::move(faults_);
}

}  // namespace tillkeeper::agent
