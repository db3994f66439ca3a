#include "sync/reconciliation.h"

#include <algorithm>
#include <utility>

#include "platform/crypto.h"
#include "sync/answer.h"
#include "sync/json_slices.h"
#include "sync/json_text.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kRedemption = "redemption";
constexpr std::string_view kEndOfRefusal = "taken_after_all";
constexpr std::size_t kCauseBytesMax = 64;
constexpr std::size_t kUnitBytesMax = 16;
constexpr std::int64_t kAmountMax = std::int64_t{1} << 53;

std::string text_of(std::string_view object, std::string_view name) {
    return json_string(json_member(object, name)).value_or("");
}

bool is_cause(std::string_view text) {
    return !text.empty() && text.size() <= kCauseBytesMax && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

bool is_unit(std::string_view text) {
    return !text.empty() && text.size() <= kUnitBytesMax &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

// Bounded so that amounts can be taken from each other.
std::int64_t amount_of(std::string_view text) {
    const auto amount = json_integer(text).value_or(0);
    return amount >= -kAmountMax && amount <= kAmountMax ? amount : 0;
}

// Nothing for what is no redemption; 0 for one that an erasure or a repair left without points.
std::optional<std::int64_t> points_of(const storage::Entry& entry) {
    if (entry.type != kRedemption) return std::nullopt;
    return is_json(entry.body) ? amount_of(json_member(entry.body, "points")) : 0;
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    out += out.empty() ? '{' : ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, text);
}

}  // namespace

std::optional<Difference> read_difference(std::string_view difference) {
    if (difference.empty() || difference == "null") return std::nullopt;
    Difference read{.cause = text_of(difference, "cause"),
                    .amount = amount_of(json_member(difference, "amount")),
                    .unit = text_of(difference, "unit"),
                    .detail = plain_words(text_of(difference, "detail"))};
    if (!is_cause(read.cause)) read.cause = "unspecified";
    if (!is_unit(read.unit)) read.unit = "points";
    return read;
}

std::optional<Difference> refusal_of(const storage::Entry& redemption, const std::string& reason) {
    const auto points = points_of(redemption);
    if (!points) return std::nullopt;
    return Difference{.cause = "refused", .amount = *points, .unit = "points", .detail = plain_words(reason)};
}

std::optional<Difference> end_of_refusal(const storage::Entry& redemption, const std::optional<Difference>& left) {
    const auto points = points_of(redemption);
    if (!points) return std::nullopt;
    const auto still = left && left->unit == "points" ? left->amount : 0;
    return Difference{.cause = std::string(kEndOfRefusal),
                      .amount = still - *points,
                      .unit = "points",
                      .detail = left ? left->detail : ""};
}

std::string reconciliation_id(std::string_view destination, std::string_view transaction_id, std::string_view cause) {
    std::string named(destination);
    named += '\n';
    named += transaction_id;
    if (cause == kEndOfRefusal) named += "\nend";
    return "reconcile:" + to_hex(sha256(named)).substr(0, 40);
}

storage::NewEntry reconciliation(const storage::Entry& transaction, const Difference& difference,
                                 std::string_view destination, storage::Arrival arrival) {
    storage::NewEntry entry;
    entry.till = transaction.till;
    entry.transaction_id = reconciliation_id(destination, transaction.transaction_id, difference.cause);
    entry.type = kReconciliationType;
    entry.business_day = transaction.business_day;
    entry.occurred_at = to_rfc3339(arrival.arrived_at, true);
    entry.refers_to = transaction.transaction_id;
    entry.arrival = std::move(arrival);
    std::string& body = entry.body;
    append_text(body, "id", entry.transaction_id);
    append_text(body, "type", entry.type);
    append_text(body, "occurred_at", entry.occurred_at);
    append_text(body, "refers_to", entry.refers_to);
    append_text(body, "transaction_type", transaction.type);
    append_text(body, "destination", destination);
    append_text(body, "cause", difference.cause);
    body += R"(,"amount":)" + std::to_string(difference.amount);
    append_text(body, "unit", difference.unit);
    if (!difference.detail.empty()) append_text(body, "detail", difference.detail);
    const auto member = is_json(transaction.body) ? json_key(json_member(transaction.body, "member_id")) : std::nullopt;
    if (member && !member->empty()) append_text(body, "member_id", *member);
    body += '}';
    return entry;
}

}  // namespace tillkeeper::sync
