#include "agent/lookups/mirror_answers.h"

#include <algorithm>
#include <array>

#include "agent/contract/order_pot.h"
#include "agent/lookups/prices.h"
#include "agent/lookups/record_text.h"
#include "sync/json_slices.h"
#include "sync/search_keys.h"

namespace tillkeeper::agent {
namespace {

constexpr int kPricesMax = 500;                             // of one article
constexpr Duration kClockDoubt = std::chrono::minutes(10);  // a copy from later than now: the clock is wrong
constexpr int kReferringMax = 20;                           // hand-outs of before there were pots

bool chooses_price(const sync::SourceConfig& collection, const LookupRequest& request) {
    return collection.collection == kPricesCollection && request.field == "sku";
}

bool asks_for_beginning(const LookupRequest& request) {
    return !request.field.empty() && request.text.ends_with('*');
}

bool is_stale(WallTime as_of, WallTime now, Duration fresh) {
    return now - as_of > fresh || as_of - now > kClockDoubt;
}

std::vector<storage::MirrorHit> chosen_price(std::vector<storage::MirrorHit> hits, const LookupRequest& request,
                                             WallTime now) {
    std::vector<std::string> records;
    for (const auto& hit : hits) records.push_back(hit.body);
    const auto chosen = choose_price(records, {request.currency, request.customer_group, request.at.value_or(now)});
    if (!chosen) return {};
    return {std::move(hits[*chosen])};
}

}  // namespace

bool searchable(const sync::SourceConfig& collection, const LookupRequest& request) {
    return request.field.empty() || sync::asked_for(request.field, request.text, collection.search).has_value();
}

bool can_ask_live(const sync::SourceConfig& collection, const LookupRequest& request) {
    return collection.live.has_value() && !asks_for_beginning(request) && !chooses_price(collection, request);
}

Result<LookupResult> MirrorAnswers::answer(const sync::SourceConfig& collection, const LookupRequest& request,
                                           WallTime now) {
    auto found = look_up(collection, request);
    if (!found) return std::unexpected(found.error());
    const auto& state = found->state;
    auto& hits = found->hits;
    if (chooses_price(collection, request)) hits = chosen_price(std::move(hits), request, now);

    LookupResult result{.source = LookupSource::kMirror, .as_of = state.as_of};
    result.stale = !state.as_of || is_stale(*state.as_of, now, collection.fresh);
    result.list = asks_for_beginning(request);
    if (hits.empty()) {
        if (!state.complete || result.stale) return not_known();
        result.outcome = LookupOutcome::kNotFound;
        return result;
    }
    const bool told_alone = hits.size() == 1 && !result.list;
    for (auto& hit : hits) {
        auto record = own(collection, hit.key, std::move(hit.body), hit.moved);
        if (!record) return std::unexpected(record.error());
        if (!add_record(result, std::move(*record))) break;
    }
    if (told_alone && hits.front().as_of && (!result.as_of || *hits.front().as_of > *result.as_of)) {
        result.as_of = hits.front().as_of;
        result.stale = is_stale(*result.as_of, now, collection.fresh);
    }
    result.outcome = LookupOutcome::kFound;
    return result;
}

Result<LookupResult> MirrorAnswers::live(const sync::SourceConfig& collection, const std::string& key,
                                         const std::string& record, storage::JournalNumber delivered, WallTime now) {
    Result<std::int64_t> moved = 0;
    if (!collection.knows_deliveries_of.empty()) moved = mirrors_.moved(collection.collection, key, delivered);
    if (!moved) return std::unexpected(moved.error());
    auto text = own(collection, key, record, *moved);
    if (!text) return std::unexpected(text.error());
    return LookupResult{
        .outcome = LookupOutcome::kFound, .source = LookupSource::kLive, .as_of = now, .records = {std::move(*text)}};
}

Result<storage::MirrorAnswer> MirrorAnswers::look_up(const sync::SourceConfig& collection,
                                                     const LookupRequest& request) {
    if (request.field.empty()) return mirrors_.look_up(collection.collection, {"", request.text}, 1);
    const auto by = sync::asked_for(request.field, request.text, collection.search);
    if (!by) return storage::MirrorAnswer{};
    const int limit = chooses_price(collection, request) ? kPricesMax : static_cast<int>(kLookupRecordsMax) + 1;
    return mirrors_.look_up(collection.collection, *by, limit);
}

Result<std::string> MirrorAnswers::own(const sync::SourceConfig& collection, const std::string& key, std::string record,
                                       std::int64_t moved) {
    if (collection.collection == kStockCollection || collection.collection == kMembersCollection)
        return taken_off(collection, std::move(record), moved);
    if (collection.collection != kOrdersCollection) return record;
    const auto out = handed_out(key);
    if (!out) return std::unexpected(out.error());
    return with_member(record, "handed_out_here", *out ? "true" : "false");
}

std::string MirrorAnswers::taken_off(const sync::SourceConfig& collection, std::string record, std::int64_t moved) {
    if (moved == 0 || collection.knows_deliveries_of.empty()) return record;
    const bool points = collection.collection == kMembersCollection;
    const std::string_view member = points ? "points" : "quantity";
    const auto amount = thousandths(sync::json_member(record, member));
    return amount ? with_member(record, member, from_thousandths(*amount - moved * (points ? 1000 : 1))) : record;
}

Result<bool> MirrorAnswers::handed_out(const std::string& order) {
    const std::array names{order_pot(order)};
    const auto pots = journal_.pots(names);
    if (!pots) return std::unexpected(pots.error());
    if (!pots->empty() && pots->front().given > 0) return true;
    const auto later = journal_.referring_to(order, kReferringMax);
    if (!later) return std::unexpected(later.error());
    return std::ranges::any_of(*later, [](const auto& each) { return each.type == "order_collected"; });
}

}  // namespace tillkeeper::agent
