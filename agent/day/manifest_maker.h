// ManifestMaker: reads what no manifest covers yet, a slice at a time, signs it, and hands it to the journal; as many
// manifests as it takes. One making at a time. Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/day/manifest.h"
#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

struct MakerParts {
    storage::JournalReader& reader;
    storage::Writer& writer;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    StoreDay day;
    std::string store_id;
    std::string data_folder;
};

class ManifestMaker {
  public:
    explicit ManifestMaker(MakerParts parts) : parts_(std::move(parts)) {}

    // With how many were made. kUnavailable: one is being made already.
    using Done = std::move_only_function<void(Result<int>)>;
    void make(BusinessDay day, Done done);

    // Up to when manifests go, or, before the first, when the oldest entry came. Nothing: the journal is empty.
    [[nodiscard]] Result<std::optional<WallTime>> covered() const;

  private:
    [[nodiscard]] Result<void> begin();
    void next_slice();
    void sign();
    void stored(const Result<storage::Receipt>& receipt);
    void finish(Result<int> made);

    MakerParts parts_;
    BusinessDay day_;
    Done done_;
    std::optional<ManifestBook> book_;
    storage::JournalNumber read_ = 0;
    storage::JournalNumber until_ = 0;
    std::int64_t serial_ = 0;
    std::string previous_;
    int made_ = 0;
};

struct MadeManifest {
    Manifest manifest;
    std::string jws;
};
// What such an entry holds. kCorrupt: it cannot be read.
[[nodiscard]] Result<MadeManifest> manifest_in(const storage::Entry& entry);
// The newest that can be read.
[[nodiscard]] Result<std::optional<MadeManifest>> last_manifest(storage::JournalReader& reader);

}  // namespace tillkeeper::agent
