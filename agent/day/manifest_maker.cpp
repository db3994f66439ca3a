#include "agent/day/manifest_maker.h"

#include <algorithm>
#include <utility>

#include "agent/day/manifest_key.h"
#include "agent/lookups/record_text.h"
#include "platform/log.h"
#include "storage/own_entries.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSlice = 100;  // a few milliseconds
constexpr int kLooksBack = 10;       // past manifests that the disk does not give back

}  // namespace

Result<MadeManifest> manifest_in(const storage::Entry& entry) {
    const auto jws = entry.damaged.empty() ? text_member(entry.body, "manifest") : "";
    auto manifest = claimed_manifest(jws);
    if (!manifest) return fail(ErrorCode::kCorrupt, "entry " + std::to_string(entry.number) + " is no manifest");
    return MadeManifest{std::move(*manifest), jws};
}

Result<std::optional<MadeManifest>> last_manifest(storage::JournalReader& reader) {
    const auto entries = reader.newest_own_entries(storage::kDayManifest, kLooksBack);
    if (!entries) return std::unexpected(entries.error());
    for (const auto& entry : *entries)
        if (auto made = manifest_in(entry)) return std::move(*made);
    return std::nullopt;
}

Result<std::optional<WallTime>> ManifestMaker::covered() const {
    const auto last = last_manifest(parts_.reader);
    if (!last) return std::unexpected(last.error());
    if (*last) {
        const auto made_at = parse_rfc3339((*last)->manifest.made_at);
        if (made_at) return *made_at;
    }
    const auto oldest = parts_.reader.read_after(0, {.entries_max = 1});
    if (!oldest) return std::unexpected(oldest.error());
    if (oldest->empty()) return std::nullopt;
    return oldest->front().arrival.arrived_at;
}

void ManifestMaker::make(BusinessDay day, Done done) {
    if (done_) return done(fail(ErrorCode::kUnavailable, "a manifest is being made already; try again later"));
    day_ = day;
    done_ = std::move(done);
    made_ = 0;
    if (auto begun = begin(); !begun) return finish(std::unexpected(begun.error()));
    next_slice();
}

Result<void> ManifestMaker::begin() {
    const auto bounds = parts_.reader.bounds();
    if (!bounds) return std::unexpected(bounds.error());
    const auto last = last_manifest(parts_.reader);
    if (!last) return std::unexpected(last.error());
    until_ = bounds->last;
    const auto oldest = bounds->first > 0 ? bounds->first - 1 : 0;
    read_ = *last ? std::max((*last)->manifest.last, oldest) : oldest;
    serial_ = *last ? (*last)->manifest.serial : 0;
    previous_ = *last ? manifest_hash((*last)->jws) : "";
    book_.emplace(read_ + 1);
    return {};
}

void ManifestMaker::next_slice() {
    const auto entries = parts_.reader.read_after(read_, {.entries_max = kSlice});
    if (!entries) return finish(std::unexpected(entries.error()));
    const auto today = open_day(parts_.clock.wall(), parts_.day);
    for (const auto& entry : *entries) {
        if (entry.number > until_ || book_->full()) return sign();
        book_->take(entry, entry.damaged.empty() ? place_of(entry, parts_.day).day : BusinessDay{}, today);
        read_ = entry.number;
    }
    if (entries->empty()) return sign();
    parts_.loop.post([this] { next_slice(); });
}

void ManifestMaker::sign() {
    const auto key = manifest_key(parts_.data_folder);
    if (!key) return finish(std::unexpected(key.error()));
    Manifest manifest = std::move(*book_).finish();
    manifest.store = parts_.store_id;
    manifest.business_day = to_text(day_);
    manifest.serial = serial_ + 1;
    manifest.made_at = to_rfc3339(parts_.clock.wall(), true);
    manifest.previous = previous_;
    const auto jws = signed_manifest(manifest, *key);
    if (!jws) return finish(std::unexpected(jws.error()));
    serial_ = manifest.serial;
    previous_ = manifest_hash(*jws);
    const storage::Arrival arrival{parts_.clock.wall(), parts_.clock.monotonic(), parts_.device.boot_id(),
                                   parts_.device.clock_trusted()};
    const auto offered = parts_.writer.offer(manifest_entry(manifest, *jws, arrival), parts_.loop,
                                             [this](Result<storage::Receipt> receipt) { stored(receipt); });
    if (!offered) finish(std::unexpected(offered.error()));
}

void ManifestMaker::stored(const Result<storage::Receipt>& receipt) {
    if (!receipt) return finish(std::unexpected(receipt.error()));
    if (receipt->acceptance == storage::Acceptance::kQuarantined)
        return finish(fail(ErrorCode::kInternal, "a manifest of that id is in the journal already"));
    ++made_;
    if (read_ >= until_) return finish(made_);
    book_.emplace(read_ + 1);
    next_slice();
}

void ManifestMaker::finish(Result<int> made) {
    book_.reset();
    if (made)
        log(LogLevel::kNotice, "manifest made", {{"business_day", to_text(day_)}, {"serial", serial_}});
    else
        log(LogLevel::kWarning, "manifest not made", {{"reason", made.error().message}});
    std::exchange(done_, nullptr)(std::move(made));
}

}  // namespace tillkeeper::agent
