#include "agent/lookups/receipts.h"

#include <algorithm>
#include <map>

#include "agent/local/whereabouts.h"
#include "agent/lookups/record_text.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr int kEntriesMax = 50;  // of one id or receipt
constexpr int kReadsMax = 200;   // returns and voids of them, in one look-up
constexpr int kAskingCosts = 1;  // as much as an entry

std::int64_t quantity_of(std::string_view line) {
    return thousandths(sync::json_member(line, "quantity")).value_or(1000);
}

// What a return or exchange brought back, per article.
void add_returned(std::map<std::string, std::int64_t>& back, std::string_view transaction) {
    const bool all = text_member(transaction, "type") == "return";
    for (sync::JsonPieces lines(sync::json_member(transaction, "lines")); lines.next();) {
        const auto quantity = quantity_of(lines.value());
        const auto sku = text_member(lines.value(), "sku");
        if (!sku.empty() && (all || quantity < 0)) back[sku] += std::abs(quantity);
    }
}

// How a quarantined body that was released or repaired stands beside the first: the latest word counts.
int weight(storage::EntryKind kind) {
    switch (kind) {
        case storage::EntryKind::kReleased:
            return 3;
        case storage::EntryKind::kTransaction:
            return 2;
        case storage::EntryKind::kQuarantined:
            return 1;
        case storage::EntryKind::kAction:
            break;
    }
    return 0;
}

// One entry of each transaction, newest first.
std::vector<const storage::Entry*> of_each_transaction(const std::vector<storage::Entry>& entries,
                                                       const LookupRequest& request) {
    std::vector<const storage::Entry*> chosen;
    for (const auto& entry : entries) {
        const bool asked =
            request.field == "receipt" ? entry.receipt == request.text : entry.transaction_id == request.text;
        if (!asked || weight(entry.kind) == 0 || !entry.damaged.empty() || !sync::is_json(entry.body)) continue;
        const auto same = [&](const auto* other) { return other->transaction_id == entry.transaction_id; };
        const auto known = std::ranges::find_if(chosen, same);
        if (known == chosen.end())
            chosen.push_back(&entry);
        else if (weight(entry.kind) > weight((*known)->kind))
            *known = &entry;
    }
    return chosen;
}

}  // namespace

std::string with_returned(std::string_view transaction, std::span<const std::string> returns, bool voided) {
    std::map<std::string, std::int64_t> back;
    for (const auto& each : returns) add_returned(back, each);
    std::vector<std::string_view> lines;
    std::map<std::string, std::size_t> last;  // line of each article
    for (sync::JsonPieces pieces(sync::json_member(transaction, "lines")); pieces.next();) {
        if (pieces.value().starts_with('{')) last[text_member(pieces.value(), "sku")] = lines.size();
        lines.push_back(pieces.value());
    }
    std::string changed = "[";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) changed += ',';
        if (!lines[i].starts_with('{')) {
            changed += lines[i];
            continue;
        }
        const auto sku = text_member(lines[i], "sku");
        auto& left = back[sku];
        const auto sold = std::max<std::int64_t>(quantity_of(lines[i]), 0);
        const auto returned = sku.empty() ? 0 : last[sku] == i ? left : std::min(left, sold);
        left -= returned;
        changed += with_member(lines[i], "returned", from_thousandths(returned));
    }
    std::string record = with_member(transaction, "voided", voided ? "true" : "false");
    return lines.empty() ? record : with_member(record, "lines", changed + ']');
}

bool Receipts::searchable(const LookupRequest& request) {
    const bool known = request.field.empty() || request.field == "id" || request.field == "receipt";
    return known && !(request.text.ends_with('*') && !request.field.empty());
}

Result<LookupResult> Receipts::find(const LookupRequest& request, WallTime now) {
    const auto entries = journal_.find(request.text, kEntriesMax);
    if (!entries) return std::unexpected(entries.error());
    LookupResult result{.outcome = LookupOutcome::kNotFound, .source = LookupSource::kMirror, .as_of = now};
    reads_left_ = kReadsMax;
    for (const auto* entry : of_each_transaction(*entries, request)) {
        auto record = record_of(*entry);
        result.more = !record && !result.records.empty();
        if (result.more) break;
        if (!record) return std::unexpected(record.error());
        const auto where = whereabouts(journal_, *entry, destinations_);
        if (!where) return std::unexpected(where.error());
        if (!add_record(result, std::move(*record))) break;
        result.deliveries.push_back(to_json(*where));
    }
    if (!result.records.empty()) result.outcome = LookupOutcome::kFound;
    return result;
}

Result<std::string> Receipts::record_of(const storage::Entry& entry) {
    const auto later = referring_to(entry.transaction_id);
    if (!later) return std::unexpected(later.error());
    std::vector<std::string> returns;
    bool gone = false;
    for (const auto& each : *later) {
        if (each.type == "void") gone = true;
        if ((each.type != "return" && each.type != "exchange") || !sync::is_json(each.body)) continue;
        const auto taken_back = voided(each.transaction_id);
        if (!taken_back) return std::unexpected(taken_back.error());
        if (!*taken_back) returns.push_back(each.body);
    }
    return with_returned(entry.body, returns, gone);
}

Result<std::vector<storage::Entry>> Receipts::referring_to(const std::string& transaction_id) {
    auto later = journal_.referring_to(transaction_id, reads_left_ + 1);
    if (!later) return later;
    reads_left_ -= static_cast<int>(later->size()) + kAskingCosts;
    if (reads_left_ < 0) return fail(ErrorCode::kLimit, "too many returns and voids of one transaction");
    return later;
}

Result<bool> Receipts::voided(const std::string& transaction_id) {
    const auto later = referring_to(transaction_id);
    if (!later) return std::unexpected(later.error());
    return std::ranges::any_of(*later, [](const auto& each) { return each.type == "void"; });
}

}  // namespace tillkeeper::agent
