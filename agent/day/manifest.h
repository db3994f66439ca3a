// The manifest of a business day: what the journal holds from one number to another, signed by the device. Manifests
// follow each other without a gap, and each names the one before it by its hash. Pure; README.md has the document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/day/business_day.h"
#include "agent/day/till_totals.h"
#include "platform/crypto.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

struct ManifestRow {
    std::string business_day;
    std::string till;
    TillTotals totals;
};

struct Manifest {
    std::string store;
    std::string business_day;  // whose end it was made at; rows may be of other days
    std::int64_t serial = 0;   // grows by one
    std::string made_at;       // RFC 3339
    storage::JournalNumber first = 0;
    storage::JournalNumber last = 0;  // first - 1: nothing was new
    std::int64_t entries = 0;
    std::int64_t own = 0;      // of them, what the box itself wrote
    std::int64_t actions = 0;  // of them, what people decided
    std::vector<storage::JournalNumber> damaged;
    std::string previous;  // SHA-256 of the manifest before it, as hex; "" for the first
    std::string head;      // hash of entry `last`, as hex; "" where there is none, or it is damaged
    std::vector<ManifestRow> rows;
};

// Gathers one while the entries pass.
class ManifestBook {
  public:
    explicit ManifestBook(storage::JournalNumber first) {
        manifest_.first = first;
        manifest_.last = first - 1;
    }

    // In the journal's order. `made`: days far from it are put together, so that no till can make up very many.
    void take(const storage::Entry& entry, BusinessDay day, BusinessDay made);
    // No more goes into one manifest: the next one goes on.
    [[nodiscard]] bool full() const;
    [[nodiscard]] Manifest finish() &&;

  private:
    TillTotals& row_of(const std::string& day, const std::string& till);

    Manifest manifest_;
    std::size_t bytes_ = 0;  // of the document, about
};

[[nodiscard]] std::string to_json(const Manifest& manifest);
// "manifest-0042-2026-11-20-3"
[[nodiscard]] std::string manifest_id(const Manifest& manifest);

// The compact JWS.
[[nodiscard]] Result<std::string> signed_manifest(const Manifest& manifest, const SigningKey& key);
// RFC 7638, base64url: the kid of what this key signs.
[[nodiscard]] Result<std::string> key_id(const SigningKey& key);
// kInvalid: it is none, or not signed by this key, or not by ES256.
[[nodiscard]] Result<Manifest> proven_manifest(std::string_view jws, const VerifyingKey& key);
// What it says, believed without proof: of this box's own journal.
[[nodiscard]] Result<Manifest> claimed_manifest(std::string_view jws);
[[nodiscard]] std::string manifest_hash(std::string_view jws);

// How a manifest stands in the journal, and gets to destinations:
// {"id","type","occurred_at","business_day","manifest"}.
[[nodiscard]] storage::NewEntry manifest_entry(const Manifest& manifest, std::string_view jws,
                                               storage::Arrival arrival);

}  // namespace tillkeeper::agent
