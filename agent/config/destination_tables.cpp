#include <algorithm>
#include <array>
#include <set>

#include "agent/config/cloud_tables.h"

namespace tillkeeper::agent {
namespace {

using sync::DestinationKind;
using sync::EventFormat;

constexpr std::array<std::pair<std::string_view, EventFormat>, 3> kFormats{{
    {"batched", EventFormat::kBatched},
    {"structured", EventFormat::kStructured},
    {"binary", EventFormat::kBinary},
}};

void format(TomlSection& s, sync::DestinationConfig& d) {
    std::string format = "batched";
    s.optional("format", format);
    const auto known = std::ranges::find(kFormats, format, [](const auto& row) { return row.first; });
    if (known != kFormats.end())
        d.format = known->second;
    else
        s.fault("format", "must be \"batched\", \"structured\" or \"binary\"");
}

void kind(TomlSection& s, sync::DestinationConfig& d) {
    std::string kind = "cloudevents";
    s.optional("kind", kind);
    if (kind == "cloudevents") return format(s, d);
    d.format = EventFormat::kPlain;
    if (kind == "steps")
        d.kind = DestinationKind::kSteps;
    else if (kind != "rest")
        s.fault("kind", "must be \"cloudevents\", \"rest\" or \"steps\"");
    if (s.take("format") != nullptr) s.fault("format", "only with kind = \"cloudevents\"");
}

// What makes requests of transactions, and sense of answers.
void programs(TomlSection& s, sync::DestinationConfig& d) {
    if (d.kind != sync::DestinationKind::kSteps) {
        s.file("mapping_file", d.mapping, false);
        s.file("answer_file", d.answer, false);
        s.optional("proof_by_item", d.proof_by_item);
        return;
    }
    s.file("steps_file", d.steps, false, true);
    for (const std::string_view key : {"mapping_file", "answer_file", "proof_by_item"})
        if (s.take(key) != nullptr) s.fault(key, "not with kind = \"steps\", whose program sees to it; remove it");
    if (d.url.find_first_of("?#") != std::string::npos)
        s.fault("url", "must have neither \"?\" nor \"#\": the program adds each request's path");
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
        s.required("url", d.url);
        require_secure(s, "url", d.url);
        s.path("ca_file", d.ca_file);
        s.optional("types", d.types);
        programs(s, d);
        s.optional("gzip", d.gzip);
        limits(s, d);
        pace(s, d.pace);
        read_login(source, s, "destination", d.oauth);
        s.no_others();
        if (tries) try_out(s, d);
        destinations.push_back(std::move(d));
    }
    return destinations;
}

}  // namespace tillkeeper::agent
