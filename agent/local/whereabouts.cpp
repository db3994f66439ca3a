#include "agent/local/whereabouts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/contract/problem.h"
#include "sync/subscription.h"

namespace tillkeeper::agent {
namespace {

using storage::Entry;
using storage::EntryKind;
using storage::HeldItem;
using storage::HeldState;
using storage::JournalReader;
using State = Delivery::State;

constexpr int kPlacesMax = 200;  // where one entry can be held

constexpr std::array<std::string_view, 5> kWords{"delivered", "waiting", "held", "follows", "not_sent"};

struct Known {
    std::vector<storage::Cursor> cursors;
    std::vector<HeldItem> held;
    std::vector<storage::Booking> bookings;

    [[nodiscard]] bool quarantined() const { return std::ranges::find(held, "", &HeldItem::destination) != held.end(); }
};

Result<Known> known_of(JournalReader& reader, storage::JournalNumber number) {
    auto cursors = reader.cursors();
    if (!cursors) return std::unexpected(cursors.error());
    auto held = held_of(reader, number);
    if (!held) return std::unexpected(held.error());
    auto bookings = reader.bookings(number);
    if (!bookings) return std::unexpected(bookings.error());
    return Known{std::move(*cursors), std::move(*held), std::move(*bookings)};
}

State state_of(const Entry& entry, const Known& known, const sync::DestinationConfig& destination) {
    if (!sync::subscribes(destination.types, entry.type)) return State::kNotMeant;
    if (entry.kind == EntryKind::kQuarantined) return known.quarantined() ? State::kHeld : State::kNotMeant;
    if (entry.kind == EntryKind::kAction) return State::kNotMeant;
    const auto held = std::ranges::find(known.held, destination.name, &HeldItem::destination);
    if (held != known.held.end() && held->state == HeldState::kHeld) return State::kHeld;
    if (held != known.held.end() && held->state == HeldState::kWaiting) return State::kFollows;
    if (held != known.held.end()) return State::kOnWay;
    const auto cursor = std::ranges::find(known.cursors, destination.name, &storage::Cursor::destination);
    return cursor != known.cursors.end() && cursor->number >= entry.number ? State::kDelivered : State::kOnWay;
}

WallTime arrival_of(JournalReader& reader, const storage::Arrival& arrival) {
    if (arrival.clock_trusted) return arrival.arrived_at;
    const auto offset = reader.clock_offset(arrival.boot_id);
    if (!offset || !*offset) return arrival.arrived_at;
    return WallTime(arrival.monotonic.time_since_epoch() + **offset);
}

}  // namespace

std::string_view to_string(State state) {
    return kWords[static_cast<std::size_t>(state)];
}

Result<Whereabouts> whereabouts(JournalReader& reader, const Entry& entry,
                                const std::vector<sync::DestinationConfig>& destinations) {
    const auto known = known_of(reader, entry.number);
    if (!known) return std::unexpected(known.error());
    Whereabouts where{arrival_of(reader, entry.arrival), known->quarantined(), {}};
    for (const auto& each : destinations) {
        Delivery delivery{each.name, state_of(entry, *known, each), ""};
        const auto booking = std::ranges::find(known->bookings, each.name, &storage::Booking::destination);
        if (booking != known->bookings.end()) delivery.document = booking->document;
        where.deliveries.push_back(std::move(delivery));
    }
    return where;
}

std::string to_json(const Whereabouts& where) {
    std::string out = R"({"safe_since":)" + quoted(to_rfc3339(where.safe_since)) + R"(,"destinations":{)";
    for (const auto& each : where.deliveries) {
        if (out.back() == '}') out += ',';
        out += quoted(each.destination) + R"(:{"state":)" + quoted(to_string(each.state));
        out += (each.document.empty() ? "" : R"(,"document":)" + quoted(each.document)) + '}';
    }
    return out + "}}";
}

Result<std::vector<HeldItem>> held_of(JournalReader& reader, storage::JournalNumber number) {
    auto items = reader.held(std::nullopt, number - 1, kPlacesMax);
    if (items) std::erase_if(*items, [&](const HeldItem& h) { return h.number != number; });
    return items;
}

}  // namespace tillkeeper::agent
