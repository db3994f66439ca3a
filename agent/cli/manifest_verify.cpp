#include "agent/cli/manifest_verify.h"

#include <algorithm>
#include <fstream>

#include "agent/cli/print.h"
#include "agent/config/secret_file.h"
#include "agent/contract/problem.h"
#include "agent/day/export_line.h"
#include "agent/day/manifest_check.h"
#include "agent/lookups/record_text.h"
#include "sync/json_slices.h"

namespace tillkeeper::cli {
namespace {

using agent::MadeManifest;
using agent::ManifestFault;

// Each line of a file with its number; false when it cannot be read.
template <typename Visit>
bool each_line(const std::string& path, const Visit& visit) {
    std::ifstream file(path, std::ios::binary);
    std::string line;
    for (std::int64_t number = 1; std::getline(file, line); ++number) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty()) visit(path + ":" + std::to_string(number), line);
    }
    return file.eof();
}

std::string jws_in(const std::string& line) {
    if (!line.starts_with('{') || !sync::is_json(line)) return line;
    const auto received = agent::read_received_line(line);
    const std::string body = received ? received->body : line;
    return sync::is_json(body) ? agent::text_member(body, "manifest") : "";
}

Result<std::vector<MadeManifest>> proven(const std::vector<std::string>& files, const VerifyingKey& key,
                                         std::vector<ManifestFault>& faults) {
    std::vector<MadeManifest> manifests;
    for (const auto& file : files) {
        const bool read = each_line(file, [&](const std::string& where, const std::string& line) {
            const auto jws = jws_in(line);
            if (jws.empty()) return;  // of an export, another entry
            auto manifest = agent::proven_manifest(jws, key);
            if (!manifest)
                faults.push_back({"not_proven", where, manifest.error().message});
            else
                manifests.push_back({std::move(*manifest), jws});
        });
        if (!read) return fail(ErrorCode::kNotFound, "cannot read " + file);
    }
    std::ranges::sort(manifests, {}, [](const MadeManifest& each) { return each.manifest.serial; });
    const auto same = std::ranges::unique(manifests, {}, &MadeManifest::jws);
    manifests.erase(same.begin(), same.end());
    return manifests;
}

Result<std::int64_t> compare(const std::vector<MadeManifest>& manifests, const std::string& received,
                             std::vector<ManifestFault>& faults) {
    agent::ManifestCheck check(manifests);
    const bool read = each_line(received, [&](const std::string& where, const std::string& line) {
        if (agent::read_export_end(line)) return;
        const auto entry = agent::read_received_line(line);
        if (entry)
            check.received(*entry);
        else
            faults.push_back({"unreadable", where, entry.error().message});
    });
    if (!read) return fail(ErrorCode::kNotFound, "cannot read " + received);
    std::ranges::move(check.finish(), std::back_inserter(faults));
    return check.covered();
}

std::string faults_json(const std::vector<ManifestFault>& faults) {
    std::string out = "[";
    for (const auto& each : faults) {
        if (out.size() > 1) out += ',';
        out += "{\"kind\":" + agent::quoted(each.kind) + ",\"where\":" + agent::quoted(each.where) +
               ",\"what\":" + agent::quoted(each.what) + '}';
    }
    return out + ']';
}

std::int64_t quarantined_in(const std::vector<MadeManifest>& manifests) {
    std::int64_t count = 0;
    for (const auto& each : manifests)
        for (const auto& row : each.manifest.rows) count += row.totals.quarantined.count;
    return count;
}

}  // namespace

Result<std::string> verified_manifests(const std::vector<std::string>& files, const std::string& key_file,
                                       const std::string& received) {
    const auto pem = agent::read_config_file(key_file, false);
    if (!pem) return std::unexpected(pem.error());
    const auto key = VerifyingKey::from_pem(*pem);
    if (!key) return fail(ErrorCode::kInvalid, key_file + " is " + key.error().message);
    std::vector<ManifestFault> faults;
    const auto manifests = proven(files, *key, faults);
    if (!manifests) return std::unexpected(manifests.error());
    if (manifests->empty() && faults.empty()) return fail(ErrorCode::kInvalid, "there is no manifest in these files");
    std::ranges::move(agent::chain_faults(*manifests), std::back_inserter(faults));
    std::int64_t covered = 0;
    if (!received.empty()) {
        const auto compared = compare(*manifests, received, faults);
        if (!compared) return std::unexpected(compared.error());
        covered = *compared;
    }
    const agent::Manifest none;
    const auto& first = manifests->empty() ? none : manifests->front().manifest;
    const auto& last = manifests->empty() ? none : manifests->back().manifest;
    return "{\"fine\":" + std::string(faults.empty() ? "true" : "false") + ",\"store\":" + agent::quoted(first.store) +
           ",\"manifests\":" + std::to_string(manifests->size()) +
           ",\"first_day\":" + agent::quoted(first.business_day) + ",\"last_day\":" + agent::quoted(last.business_day) +
           ",\"first\":" + std::to_string(first.first) + ",\"last\":" + std::to_string(last.last) +
           ",\"received\":" + std::to_string(covered) +
           ",\"quarantined\":" + std::to_string(quarantined_in(*manifests)) + ",\"faults\":" + faults_json(faults) +
           '}';
}

std::string manifest_verdict_text(JsonView verdict) {
    std::string out = verdict.text("manifests") + " manifests of store " + verdict.text("store") + ", " +
                      verdict.text("first_day") + " to " + verdict.text("last_day") + ", journal numbers " +
                      verdict.text("first") + " to " + verdict.text("last") +
                      "; received and covered: " + verdict.text("received") + ".\n";
    if (verdict.number("quarantined") > 0)
        out += "Quarantined when they were made, and not sent before a person decides: " + verdict.text("quarantined") +
               ".\n";
    if (verdict.is_true("fine")) return out + "All in order.\n";
    std::vector<std::vector<std::string>> rows{{"FAULT", "WHERE", "WHAT"}};
    for (const auto each : verdict.at("faults").children())
        rows.push_back({each.text("kind"), each.text("where"), each.text("what")});
    return out + table(rows);
}

}  // namespace tillkeeper::cli
