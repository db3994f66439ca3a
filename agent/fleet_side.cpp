#include "agent/fleet_side.h"

#include <utility>

#include "agent/day/manifest_maker.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "storage/journal.h"

namespace tillkeeper::agent {

FleetSide::FleetSide(FleetParts parts)
    : parts_(std::move(parts)), hardware_(parts_.sync.clock, parts_.hardware), started_(parts_.sync.clock.wall()) {}

Result<std::unique_ptr<FleetSide>> FleetSide::open(FleetParts parts) {
    std::unique_ptr<FleetSide> side(new FleetSide(std::move(parts)));
    const auto& wanted = side->parts_.config.heartbeat;
    if (!wanted) return side;
    auto heartbeat = Heartbeat::make(*wanted, side->parts_.sync, [self = side.get()] { return self->report(); });
    if (!heartbeat) return std::unexpected(heartbeat.error());
    side->heartbeat_ = std::move(*heartbeat);
    return side;
}

void FleetSide::start() {
    if (heartbeat_) heartbeat_->start();
}

void FleetSide::look(StoreState& store) {
    hardware_.look(store);
    if (heartbeat_) store_ = store;
}

std::string FleetSide::report() const {
    if (store_.store.empty()) return "";
    HeartbeatFacts facts{.sent_at = parts_.sync.clock.wall(),
                         .started_at = started_,
                         .schema = storage::schema_version(),
                         .configuration = parts_.config.files,
                         .state = store_,
                         .manifest = std::nullopt};
    facts.state.not_accepting = parts_.intake_fault();
    if (auto last = last_manifest(parts_.sync.reader); last && *last) facts.manifest = std::move((*last)->manifest);
    return heartbeat_json(facts);
}

}  // namespace tillkeeper::agent
