#include "agent/heartbeat/heartbeat_json.h"

#include <cmath>
#include <utility>

#include "agent/contract/problem.h"
#include "agent/version.h"

namespace tillkeeper::agent {
namespace {

// An object that is written member by member.
class Object {
  public:
    Object& raw(std::string_view name, std::string_view json) {
        out_ += out_.size() > 1 ? "," : "";
        out_ += quoted(name) + ':';
        out_ += json;
        return *this;
    }
    Object& text(std::string_view name, std::string_view value) {
        return raw(name, value.empty() ? "null" : quoted(value));
    }
    Object& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
    Object& flag(std::string_view name, std::optional<bool> value) {
        return value ? flag(name, *value) : raw(name, "null");
    }
    template <typename Number>
    Object& number(std::string_view name, Number value) {
        return raw(name, std::to_string(value));
    }
    template <typename Number>
    Object& number(std::string_view name, std::optional<Number> value) {
        return value ? number(name, *value) : raw(name, "null");
    }
    [[nodiscard]] std::string end() const { return out_ + '}'; }

  private:
    std::string out_ = "{";
};

std::string destinations(const StoreState& state) {
    Object all;
    for (const auto& each : state.destinations)
        all.raw(each.sync.name, Object()
                                    .text("state", name_of_state(each))
                                    .text("cause", each.sync.cause)
                                    .number("behind", each.behind)
                                    .number("oldest_s", each.oldest_seconds)
                                    .number("held", each.held)
                                    .end());
    return all.end();
}

std::string copies(const StoreState& state) {
    Object all;
    for (const auto& each : state.copies)
        all.raw(each.collection, Object().number("age_s", each.age_seconds).flag("stale", each.stale).end());
    return all.end();
}

std::string journal(const StoreState& state, int schema) {
    return Object()
        .number("schema", schema)
        .number("last", state.last)
        .number("entries", state.journal_entries)
        .number("bytes", state.journal_bytes)
        .number("disk_free_bytes", state.disk_free_bytes)
        .end();
}

std::string runway(const std::optional<Runway>& runway) {
    if (!runway) return "null";
    return Object().number("hours", runway->hours).text("limited_by", to_string(runway->limited_by)).end();
}

std::string manifest(const std::optional<Manifest>& manifest) {
    if (!manifest) return "null";
    return Object()
        .text("business_day", manifest->business_day)
        .number("serial", manifest->serial)
        .text("made_at", manifest->made_at)
        .number("first", manifest->first)
        .number("last", manifest->last)
        .text("head", manifest->head)
        .end();
}

std::string box(const HardwareIdentity& box, const HardwareState& state) {
    std::string flash = "[";
    for (const auto& each : state.flash) {
        flash += flash.size() > 1 ? "," : "";
        flash += Object()
                     .text("device", each.device)
                     .number("used_percent", each.used_percent)
                     .number("spare", each.spare == SpareBlocks::kUnknown ? std::nullopt
                                                                          : std::optional(static_cast<int>(each.spare)))
                     .end();
    }
    std::optional<long> celsius;
    if (state.celsius) celsius = std::lround(*state.celsius);
    return Object()
        .text("model", box.model)
        .text("serial", box.serial)
        .number("celsius", celsius)
        .flag("throttled", state.throttled)
        .flag("under_voltage", state.under_voltage)
        .raw("flash", flash + ']')
        .end();
}

}  // namespace

std::string heartbeat_json(const HeartbeatFacts& facts) {
    const StoreState& state = facts.state;
    Object files;
    for (const auto& [file, hash] : facts.configuration) files.text(file, hash);
    return Object()
        .text("store", state.store)
        .text("sent_at", to_rfc3339(facts.sent_at))
        .text("started_at", to_rfc3339(facts.started_at))
        .text("version", kVersion)
        .raw("configuration", files.end())
        .text("state", state.state)
        .text("since", to_rfc3339(state.since))
        .text("cause", state.cause)
        .flag("accepting", state.not_accepting.empty())
        .flag("clock_trusted", state.clock_trusted)
        .number("safe", state.safe)
        .number("held", state.held)
        .number("quarantined", state.quarantined)
        .number("differences", state.differences)
        .raw("destinations", destinations(state))
        .raw("copies", copies(state))
        .raw("runway", runway(state.runway))
        .raw("journal", journal(state, facts.schema))
        .raw("manifest", manifest(facts.manifest))
        .raw("box", box(state.box, state.hardware))
        .end();
}

}  // namespace tillkeeper::agent
