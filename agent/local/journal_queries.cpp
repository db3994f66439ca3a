#include "agent/local/journal_queries.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/contract/json_scan.h"
#include "agent/contract/problem.h"
#include "agent/lookups/record_text.h"
#include "storage/own_entries.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

using storage::Entry;
using storage::EntryKind;
using storage::HeldItem;
using storage::HeldState;
using storage::JournalNumber;
using storage::JournalReader;

constexpr int kFoundMax = 50;

const char* to_string(HeldState state) {
    switch (state) {
        case HeldState::kHeld:
            return "held";
        case HeldState::kWaiting:
            return "waiting";
        case HeldState::kReady:
            return "ready";
    }
    std::unreachable();
}

const char* to_string(EntryKind kind) {
    switch (kind) {
        case EntryKind::kTransaction:
            return "transaction";
        case EntryKind::kQuarantined:
            return "quarantined";
        case EntryKind::kReleased:
            return "released";
        case EntryKind::kAction:
            return "action";
    }
    std::unreachable();
}

std::string field(const char* name, const std::string& json) {
    return ",\"" + std::string(name) + "\":" + json;
}

// `text` that came from a till or a cloud: JSON as it is, anything else as a JSON string or null.
std::string json_or_null(const std::string& text) {
    return scan_json(text) ? text : "null";
}

// The opening members that every mention of an entry has; without the closing brace.
std::string summary(const Entry& e) {
    return "{\"number\":" + std::to_string(e.number) + field("kind", quoted(to_string(e.kind))) +
           field("till", quoted(e.till)) +
           field("till_sequence", e.till_sequence ? std::to_string(*e.till_sequence) : "null") +
           field("transaction_id", quoted(e.transaction_id)) + field("type", quoted(e.type)) +
           field("receipt", quoted(e.receipt)) + field("business_day", quoted(e.business_day)) +
           field("arrived_at", quoted(to_rfc3339(e.arrival.arrived_at, true))) +
           field("clock_trusted", e.arrival.clock_trusted ? "true" : "false") + field("hash", quoted(to_hex(e.hash))) +
           (e.damaged.empty() ? "" : field("damaged", quoted(e.damaged)));
}

std::string held_members(const HeldItem& h) {
    return "\"destination\":" + quoted(h.destination) + field("state", quoted(to_string(h.state))) +
           field("reason", quoted(h.reason)) + field("since", quoted(to_rfc3339(h.since))) +
           field("waits_for", h.waits_for != 0 ? std::to_string(h.waits_for) : "null");
}

// {"erp":"delivered"}, and {"erp":"SO-17"} of those that said a number.
std::string where_it_is(const Whereabouts& where) {
    std::string states = "{";
    std::string documents = "{";
    for (const auto& each : where.deliveries) {
        states += (states.size() > 1 ? "," : "") + quoted(each.destination) + ':' + quoted(to_string(each.state));
        if (each.document.empty()) continue;
        documents += (documents.size() > 1 ? "," : "") + quoted(each.destination) + ':' + quoted(each.document);
    }
    return field("destinations", states + '}') + field("documents", documents + '}');
}

}  // namespace

Result<std::string> queue_json(JournalReader& reader, const std::optional<std::string>& destination,
                               JournalNumber after) {
    auto items = reader.held(destination, after, kQueuePage);
    if (!items) return std::unexpected(items.error());
    std::string out = "{\"items\":[";
    for (const auto& item : *items) {
        auto entry = reader.entry(item.number);
        if (!entry) return std::unexpected(entry.error());
        if (!*entry) continue;
        if (out.back() == '}') out += ',';
        out += summary(**entry) + ',' + held_members(item) + '}';
    }
    return out + "],\"more\":" + (items->size() == kQueuePage ? "true" : "false") + '}';
}

Result<std::string> entry_json(JournalReader& reader, JournalNumber number) {
    auto entry = reader.entry(number);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return fail(ErrorCode::kNotFound, "no entry has the number " + std::to_string(number));
    auto held = held_of(reader, number);
    if (!held) return std::unexpected(held.error());
    std::string out = "{\"entry\":" + summary(**entry) + field("problems", json_or_null((*entry)->problems)) +
                      field("transaction", json_or_null((*entry)->body)) + "},\"held\":[";
    for (const auto& item : *held) {
        if (out.back() == '}') out += ',';
        out += "{\"number\":" + std::to_string(item.number) + ',' + held_members(item) + '}';
    }
    return out + "]}";
}

Result<std::string> find_json(JournalReader& reader, const std::string& text,
                              const std::vector<sync::DestinationConfig>& destinations) {
    auto entries = reader.find(text, kFoundMax);
    if (!entries) return std::unexpected(entries.error());
    std::string out = "{\"found\":[";
    for (const auto& entry : *entries) {
        const auto where = whereabouts(reader, entry, destinations);
        if (!where) return std::unexpected(where.error());
        if (out.back() == '}') out += ',';
        out += summary(entry) + field("safe", "true") + field("quarantined", where->quarantined ? "true" : "false") +
               where_it_is(*where) + '}';
    }
    return out + "]}";
}

Result<std::string> differences_json(JournalReader& reader, JournalNumber after) {
    auto entries = reader.own_entries(storage::kReconciliation, after, kQueuePage);
    if (!entries) return std::unexpected(entries.error());
    std::string out = "{\"differences\":[";
    for (const auto& entry : *entries) {
        if (out.back() == '}') out += ',';
        out += "{\"number\":" + std::to_string(entry.number) +
               field("since", quoted(to_rfc3339(entry.arrival.arrived_at))) + field("till", quoted(entry.till)) +
               field("refers_to", quoted(entry.refers_to));
        for (const char* name : {"destination", "transaction_type", "cause", "unit", "detail"})
            out += field(name, quoted(text_member(entry.body, name)));
        const auto amount = sync::json_member(entry.body, "amount");
        out += field("amount", amount.empty() ? "null" : std::string(amount)) + '}';
    }
    return out + "],\"more\":" + (entries->size() == kQueuePage ? "true" : "false") + '}';
}

std::string to_json(const storage::Verification& v) {
    return "{\"whole\":" + std::string(v.first_bad == 0 ? "true" : "false") +
           field("entries", std::to_string(v.entries)) +
           field("first_bad", v.first_bad == 0 ? "null" : std::to_string(v.first_bad)) +
           field("problem", v.problem.empty() ? "null" : quoted(v.problem)) + field("head", quoted(to_hex(v.head))) +
           '}';
}

}  // namespace tillkeeper::agent
