#include "agent/day/manifest.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "agent/contract/problem.h"
#include "agent/day/day_json.h"
#include "platform/jws.h"
#include "storage/own_entries.h"

namespace tillkeeper::agent {
namespace {

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

constexpr std::string_view kType = "tillkeeper-manifest+jws";
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kBytesMax = std::size_t{400} * 1024;  // so that its JWS fits into an entry
constexpr std::int64_t kEntriesMax = 100'000;
constexpr auto kDaysBack = std::chrono::days(100);
constexpr auto kDaysAhead = std::chrono::days(7);
constexpr std::size_t kStoreInIdMax = 32;

// What these totals take in the document, about: rather too much.
std::size_t bytes_of(const TillTotals& totals) {
    return 300 + 130 * (totals.types.all().size() + totals.tenders.all().size()) +
           130 * (totals.by_id.named.size() + totals.quarantined.named.size()) + 80 * totals.numbers.ranges().size();
}

std::string field(const char* name, std::int64_t number) {
    return ",\"" + std::string(name) + "\":" + std::to_string(number);
}

std::string field(const char* name, std::string_view text) {
    return ",\"" + std::string(name) + "\":" + quoted(text);
}

std::string text(const cJSON* object, const char* name) {
    const cJSON* node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(node) ? node->valuestring : "";
}

std::int64_t integer(const cJSON* object, const char* name) {
    const cJSON* node = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(node) ? static_cast<std::int64_t>(node->valuedouble) : 0;
}

std::unexpected<Error> invalid(std::string what) {
    return fail(ErrorCode::kInvalid, "not a manifest: " + std::move(what));
}

Document parsed(std::string_view part) {
    const auto json = base64url_decode(part);
    return Document(json ? cJSON_ParseWithLength(json->data(), json->size()) : nullptr);
}

}  // namespace

TillTotals& ManifestBook::row_of(const std::string& day, const std::string& till) {
    const auto row = std::ranges::find_if(
        manifest_.rows, [&](const ManifestRow& each) { return each.till == till && each.business_day == day; });
    if (row != manifest_.rows.end()) return row->totals;
    bytes_ += bytes_of({});
    return manifest_.rows.emplace_back(day, till, TillTotals{}).totals;
}

void ManifestBook::take(const storage::Entry& entry, BusinessDay day, BusinessDay made) {
    manifest_.last = entry.number;
    ++manifest_.entries;
    manifest_.head = entry.damaged.empty() ? to_hex(entry.hash) : "";
    if (!entry.damaged.empty()) {
        manifest_.damaged.push_back(entry.number);
        bytes_ += 20;
        return;
    }
    if (entry.kind == storage::EntryKind::kAction) ++manifest_.actions;
    if (!is_of_a_till(entry)) {
        ++manifest_.own;
        return;
    }
    if (entry.kind == storage::EntryKind::kReleased)
        for (auto& row : manifest_.rows) row.totals.release(entry.repairs);
    const bool near = day >= made - kDaysBack && day <= made + kDaysAhead;
    TillTotals& totals = row_of(near ? to_text(day) : "other", entry.till);
    const auto before = bytes_of(totals);
    static_cast<void>(totals.take(entry));
    bytes_ += bytes_of(totals) - before;
}

bool ManifestBook::full() const {
    constexpr std::size_t kNamedMax = NamedEntries::kNamedMax;
    return bytes_ >= kBytesMax || manifest_.entries >= kEntriesMax ||
           std::ranges::any_of(manifest_.rows, [](const ManifestRow& row) {
               return row.totals.by_id.named.size() >= kNamedMax || row.totals.quarantined.named.size() >= kNamedMax ||
                      row.totals.numbers.ranges().size() >= NumberRanges::kRangesMax;
           });
}

Manifest ManifestBook::finish() && {
    std::ranges::sort(manifest_.rows, {}, [](const ManifestRow& row) { return std::tie(row.business_day, row.till); });
    return std::move(manifest_);
}

std::string to_json(const Manifest& manifest) {
    std::string out = "{\"version\":" + std::to_string(kVersion) + field("store", manifest.store) +
                      field("business_day", manifest.business_day) + field("serial", manifest.serial) +
                      field("made_at", manifest.made_at) + field("first", manifest.first) +
                      field("last", manifest.last) + field("entries", manifest.entries) + field("own", manifest.own) +
                      field("actions", manifest.actions) + field("previous", manifest.previous) +
                      field("head", manifest.head) + ",\"damaged\":[";
    for (const auto number : manifest.damaged) out += (out.back() == '[' ? "" : ",") + std::to_string(number);
    out += "],\"rows\":[";
    for (const auto& row : manifest.rows) {
        if (out.back() != '[') out += ',';
        out += "{\"business_day\":" + quoted(row.business_day) + field("till", row.till) + ',' + sums_json(row.totals) +
               ',' + names_json(row.totals) + '}';
    }
    return out + "]}";
}

std::string manifest_id(const Manifest& manifest) {
    return "manifest-" + manifest.store.substr(0, kStoreInIdMax) + '-' + manifest.business_day + '-' +
           std::to_string(manifest.serial);
}

Result<std::string> key_id(const SigningKey& key) {
    const auto jwk = key.public_jwk();
    if (!jwk) return std::unexpected(jwk.error());
    const Digest digest = sha256(*jwk);
    return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<std::string> signed_manifest(const Manifest& manifest, const SigningKey& key) {
    const auto kid = key_id(key);
    if (!kid) return std::unexpected(kid.error());
    const std::string header = R"({"alg":"ES256")" + field("typ", kType) + field("kid", *kid) + '}';
    return signed_jws(key, header, to_json(manifest));
}

Result<Manifest> proven_manifest(std::string_view jws, const VerifyingKey& key) {
    const auto parts = split_jws(jws);
    if (!parts) return invalid("it has not three parts");
    const auto header = parsed(parts->header);
    // The algorithm is ours to say, not the sender's. RFC 7515 section 4.1.11: what must be understood is not here.
    if (text(header.get(), "alg") != "ES256" || text(header.get(), "typ") != kType ||
        cJSON_HasObjectItem(header.get(), "crit"))
        return invalid("its header does not say ES256 and " + std::string(kType));
    const auto signature = base64url_decode(parts->signature);
    if (!signature || !key.holds(parts->signed_text, *signature)) return invalid("its signature is not by this key");
    return claimed_manifest(jws);
}

Result<Manifest> claimed_manifest(std::string_view jws) {
    const auto parts = split_jws(jws);
    if (!parts) return invalid("it has not three parts");
    const auto root = parsed(parts->payload);
    if (!cJSON_IsObject(root.get())) return invalid("its payload is no JSON object");
    if (integer(root.get(), "version") != kVersion) return invalid("it is of another version");
    Manifest manifest;
    manifest.store = text(root.get(), "store");
    manifest.business_day = text(root.get(), "business_day");
    manifest.serial = integer(root.get(), "serial");
    manifest.made_at = text(root.get(), "made_at");
    manifest.first = integer(root.get(), "first");
    manifest.last = integer(root.get(), "last");
    manifest.entries = integer(root.get(), "entries");
    manifest.own = integer(root.get(), "own");
    manifest.actions = integer(root.get(), "actions");
    manifest.previous = text(root.get(), "previous");
    manifest.head = text(root.get(), "head");
    const cJSON* each = nullptr;
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(root.get(), "damaged"))
        manifest.damaged.push_back(static_cast<storage::JournalNumber>(each->valuedouble));
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(root.get(), "rows"))
        manifest.rows.push_back({text(each, "business_day"), text(each, "till"), read_totals(each)});
    return manifest;
}

std::string manifest_hash(std::string_view jws) {
    return to_hex(sha256(jws));
}

storage::NewEntry manifest_entry(const Manifest& manifest, std::string_view jws, storage::Arrival arrival) {
    storage::NewEntry entry;
    entry.transaction_id = manifest_id(manifest);
    entry.type = storage::kDayManifest;
    entry.business_day = manifest.business_day;
    entry.occurred_at = manifest.made_at;
    entry.arrival = std::move(arrival);
    entry.body = "{\"id\":" + quoted(entry.transaction_id) + field("type", entry.type) +
                 field("occurred_at", entry.occurred_at) + field("business_day", entry.business_day) +
                 field("manifest", jws) + '}';
    return entry;
}

}  // namespace tillkeeper::agent
