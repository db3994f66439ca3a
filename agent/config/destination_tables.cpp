#include <algorithm>
#include <array>
#include <set>

#include "agent/config/cloud_tables.h"
#include "sync/kafka_rest.h"

namespace tillkeeper::agent {
namespace {

using sync::DestinationKind;
using sync::EventFormat;

struct Kind {
    std::string_view name;
    DestinationKind kind;
    std::vector<EventFormat> formats;  // that it can write; the first is the default
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> kKinds{
        {"cloudevents",
         DestinationKind::kHttp,
         {EventFormat::kBatched, EventFormat::kStructured, EventFormat::kBinary}},
        {"rest", DestinationKind::kHttp, {EventFormat::kPlain}},
        {"steps", DestinationKind::kSteps, {EventFormat::kPlain}},
        {"kafka-rest", DestinationKind::kKafkaRest, {EventFormat::kStructured, EventFormat::kPlain}},
        {"mqtt", DestinationKind::kMqtt, {EventFormat::kStructured, EventFormat::kBinary, EventFormat::kPlain}},
    };
    return kKinds;
}

std::string_view name_of(EventFormat format) {
    constexpr std::array<std::string_view, 4> kNames{"batched", "structured", "binary", "plain"};
    return kNames.at(static_cast<std::size_t>(format));
}

// "a", "b" or "c"
std::string one_of(const auto& all, const auto& name) {
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i > 0) text += i + 1 == all.size() ? " or " : ", ";
        text.append("\"").append(name(all[i])).append("\"");
    }
    return text;
}

void kind(TomlSection& s, sync::DestinationConfig& d) {
    std::string name(kinds().front().name);
    s.optional("kind", name);
    auto kind = std::ranges::find(kinds(), name, &Kind::name);
    if (kind == kinds().end()) {
        s.fault("kind", "must be " + one_of(kinds(), [](const Kind& each) { return each.name; }));
        kind = kinds().begin();
    }
    d.kind = kind->kind;
    d.format = kind->formats.front();
    std::string wanted(name_of(d.format));
    s.optional("format", wanted);
    const auto format = std::ranges::find(kind->formats, wanted, name_of);
    if (format == kind->formats.end())
        s.fault("format",
                "must be " + one_of(kind->formats, name_of) + " with kind = \"" + std::string(kind->name) + '"');
    else
        d.format = *format;
}

// Where Kafka's REST Proxy keeps what it is sent.
void kafka(TomlSection& s, sync::DestinationConfig& d) {
    if (d.kind != DestinationKind::kKafkaRest) return;
    s.required("topic", d.topic);
    if (!d.topic.empty() && !sync::is_kafka_topic(d.topic))
        s.fault("topic", "must be 1 to 249 of A-Z a-z 0-9 . _ -, and neither \".\" nor \"..\"");
    while (d.url.ends_with('/')) d.url.pop_back();
    d.gzip = false;  // unless it is asked for: the proxy does not unpack what it is not told to
}

// Where it is.
void address(TomlSection& s, sync::DestinationConfig& d) {
    if (d.kind == DestinationKind::kMqtt) return read_mqtt(s, d);
    s.required("url", d.url);
    require_secure(s, "url", d.url);
    kafka(s, d);
}

void order(TomlSection& s, sync::DestinationConfig& d) {
    std::string order = "by_till";
    s.optional("order", order);
    if (order == "live_first")
        d.order = sync::DeliveryOrder::kLiveFirst;
    else if (order != "by_till")
        s.fault("order", "must be \"by_till\" or \"live_first\"");
}

// What makes requests of transactions, and sense of answers.
void programs(TomlSection& s, sync::DestinationConfig& d) {
    const auto not_here = [&](std::string_view key, const std::string& why) {
        if (s.take(key) != nullptr) s.fault(key, "not with this kind, " + why + "; remove it");
    };
    const bool steps = d.kind == DestinationKind::kSteps;
    if (steps)
        s.file("steps_file", d.steps, false, true);
    else
        s.file("mapping_file", d.mapping, false);
    if (d.kind == DestinationKind::kHttp) {
        s.file("answer_file", d.answer, false);
        s.optional("proof_by_item", d.proof_by_item);
        return;
    }
    if (steps) not_here("mapping_file", "whose program sees to it");
    for (const std::string_view key : {"answer_file", "proof_by_item"})
        not_here(key, steps ? "whose program sees to it" : "whose answers are known");
    if (d.url.find_first_of("?#") != std::string::npos)
        s.fault("url", "must have neither \"?\" nor \"#\": each request's path is added");
}

void limits(TomlSection& s, sync::DestinationConfig& d) {
    std::int64_t items = static_cast<std::int64_t>(d.batch_items_max);
    std::int64_t bytes = static_cast<std::int64_t>(d.batch_bytes_max);
    std::int64_t lanes = d.lanes;
    std::int64_t timeout = 30;
    s.optional("batch_items_max", items, 1, 1000);
    s.optional("batch_bytes_max", bytes, 1024, 8 << 20);
    s.optional("lanes", lanes, 1, 8);
    s.optional("request_timeout_s", timeout, 1, 600);
    d.batch_items_max = static_cast<std::size_t>(items);
    d.batch_bytes_max = static_cast<std::size_t>(bytes);
    d.lanes = static_cast<int>(lanes);
    d.request_timeout = std::chrono::seconds(timeout);
}

void pace(TomlSection& s, sync::PaceLimits& pace) {
    std::int64_t spread = std::chrono::duration_cast<std::chrono::seconds>(pace.reconnect_spread).count();
    s.optional("requests_per_s", pace.requests_per_s, 1, 10'000);
    s.optional("bytes_per_s", pace.bytes_per_s, 1024, std::int64_t{1} << 30);
    s.optional("reconnect_spread_s", spread, 0, 3600);
    pace.reconnect_spread = std::chrono::seconds(spread);
}

// One at a time, so that each fault is told.
void try_out(TomlSection& s, const sync::DestinationConfig& d) {
    const auto attempt = [&](std::string_view key, const auto& give) {
        sync::DestinationConfig part;
        part.name = d.name;
        give(part);
        if (auto checked = sync::check(part); !checked) s.fault(key, checked.error().message);
    };
    attempt("mapping_file", [&](auto& part) { part.mapping = d.mapping; });
    attempt("answer_file", [&](auto& part) { part.answer = d.answer; });
    if (!d.steps.empty())
        attempt("steps_file", [&](auto& part) {
            part.kind = d.kind;
            part.steps = d.steps;
        });
    try_key(s, d.oauth);
}

}  // namespace

std::vector<sync::DestinationConfig> read_destinations(TomlSource& source, const toml::node* node, bool tries) {
    std::vector<sync::DestinationConfig> destinations;
    std::set<std::string> names;
    for (const auto* table : tables_of(source, node, "destination", kDestinationsMax)) {
        sync::DestinationConfig d;
        TomlSection s(source, table, "destination");
        s.required("name", d.name);
        if (!d.name.empty() && !is_cloud_name(d.name)) s.fault("name", "1 to 32 of a-z 0-9 _ -");
        if (!names.insert(d.name).second) s.fault("name", "given twice");
        kind(s, d);
        address(s, d);
        s.path("ca_file", d.ca_file);
        s.optional("types", d.types);
        order(s, d);
        programs(s, d);
        if (d.kind != DestinationKind::kMqtt) s.optional("gzip", d.gzip);
        limits(s, d);
        pace(s, d.pace);
        read_login(source, s, {"destination", d.name}, d.oauth);
        if (d.kind == DestinationKind::kMqtt) check_mqtt_login(s, d);
        s.no_others();
        if (tries) try_out(s, d);
        destinations.push_back(std::move(d));
    }
    return destinations;
}

}  // namespace tillkeeper::agent
