#include "agent/mirror_side.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr int kAboutMemberMax = 100;

}  // namespace

Result<std::unique_ptr<MirrorSide>> MirrorSide::open(MirrorSideParts parts) {
    std::string anew;
    auto mirrors = storage::Mirrors::open(parts.options, anew);
    if (!mirrors) return std::unexpected(mirrors.error());
    if (!anew.empty()) log(LogLevel::kWarning, "the copies of cloud data begin anew", {{"reason", anew}});
    auto reader = storage::MirrorReader::open(parts.options);
    if (!reader) return std::unexpected(reader.error());
    std::unique_ptr<MirrorSide> side(new MirrorSide(std::move(parts)));
    side->mirrors_ = std::move(*mirrors);
    side->reader_ = std::move(*reader);
    if (auto prepared = side->prepare(); !prepared) return std::unexpected(prepared.error());
    return side;
}

MirrorSide::MirrorSide(MirrorSideParts parts) : parts_(std::move(parts)) {}

Result<void> MirrorSide::prepare() {
    auto& sync = parts_.sync;
    live_ = std::make_unique<LiveSources>(LiveParts{parts_.till_loop, sync.loop, sync.clock, *mirrors_,
                                                    parts_.delivered, [this] { deferred_->network_back(); }});
    movements_ = std::make_unique<OwnMovements>(parts_.collections,
                                                MovementParts{sync.reader, *mirrors_, sync.loop, parts_.delivered});
    deferred_ = std::make_unique<DeferredLookups>(
        parts_.collections, DeferredParts{*mirrors_, *reader_, sync.reader, sync.writer, parts_.till_loop, sync.loop,
                                          sync.clock, sync.device, parts_.mqtt, *live_, parts_.answered});
    for (const auto& config : parts_.collections)
        if (auto added = add(config); !added) return added;
    return drop_what_is_not_configured();
}

Result<void> MirrorSide::add(const sync::SourceConfig& config) {
    if (config.live) {
        auto source = sync::LiveSource::make(config, parts_.sync);
        if (!source) return std::unexpected(source.error());
        live_->add(config, **source);
        live_sources_.push_back(std::move(*source));
    }
    auto source = sync::Source::make(
        config, {parts_.sync, *mirrors_, parts_.sales_wait, parts_.delivered, [this](const std::string& collection) {
                     movements_->pulled(collection);
                     deferred_->pulled();
                 }});
    if (!source) return std::unexpected(source.error());
    sources_.push_back(std::move(*source));
    return {};
}

Result<void> MirrorSide::drop_what_is_not_configured() {
    const auto kept = mirrors_->collections();
    if (!kept) return std::unexpected(kept.error());
    for (const auto& collection : *kept)
        if (std::ranges::find(parts_.collections, collection, &sync::SourceConfig::collection) ==
            parts_.collections.end())
            if (auto dropped = mirrors_->drop(collection); !dropped) return dropped;
    return {};
}

void MirrorSide::start() {
    for (auto& source : sources_) source->start();
    movements_->wake();
}

void MirrorSide::network_back() {
    for (auto& source : sources_) source->retry_now();
    deferred_->network_back();
}

Result<std::int64_t> MirrorSide::erase_member(const std::string& member_id) {
    std::int64_t went = 0;
    for (const auto& config : parts_.collections) {
        auto erased = mirrors_->erase(config.collection, member_id);
        if (!erased) return erased;
        went += *erased;
        // Leases and other records about a member that have a key of their own.
        const auto about = reader_->find(config.collection, {"member_id", member_id}, kAboutMemberMax);
        if (!about) return std::unexpected(about.error());
        for (const auto& hit : *about) {
            if (erased = mirrors_->erase(config.collection, hit.key); !erased) return erased;
            went += *erased;
        }
    }
    tidy_up();
    return went;
}

void MirrorSide::tidy_up() {
    const auto more = mirrors_->tidy();
    if (!more) return log(LogLevel::kWarning, "the copies are not tidied up", {{"reason", more.error().message}});
    if (*more) parts_.sync.loop.post([this] { tidy_up(); });
}

std::vector<sync::SourceStatus> MirrorSide::status() const {
    std::vector<sync::SourceStatus> all;
    for (const auto& source : sources_) all.push_back(source->status());
    return all;
}

}  // namespace tillkeeper::agent
