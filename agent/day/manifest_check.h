// ManifestCheck: what headquarters asks of manifests: do they follow each other, and is all that they name there? Pure.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "agent/day/manifest.h"
#include "agent/day/manifest_maker.h"

namespace tillkeeper::agent {

// One thing that is not as the manifests say.
struct ManifestFault {
    std::string kind;   // "broken_chain", "missing", "too_much", "differs"
    std::string where;  // which manifest, or which till
    std::string what;   // for people
};

// Of one store, in the order of their serials. Each says where the next must begin.
[[nodiscard]] std::vector<ManifestFault> chain_faults(std::span<const MadeManifest> manifests);

class ManifestCheck {
  public:
    // They outlive it.
    explicit ManifestCheck(std::span<const MadeManifest> manifests);

    // What was received; the same one twice counts once, and what no manifest covers not at all.
    void received(const storage::Entry& entry);
    // What is missing, too much, or differs. Once.
    [[nodiscard]] std::vector<ManifestFault> finish();
    [[nodiscard]] std::int64_t covered() const { return covered_; }  // of what was received

  private:
    // What is still to come of one till's share of a manifest, and what came.
    struct Share {
        std::vector<NumberRanges> numbers;  // a row each: numbers may begin anew with a day
        std::set<std::string> ids;
        TillTotals said;
        TillTotals came;
    };
    using Key = std::pair<std::int64_t, std::string>;  // serial and till
    void judge(const Key& key, const Share& share);

    std::span<const MadeManifest> manifests_;
    std::map<Key, Share> shares_;
    std::set<storage::JournalNumber> seen_;
    std::vector<ManifestFault> faults_;
    std::int64_t covered_ = 0;
};

}  // namespace tillkeeper::agent
