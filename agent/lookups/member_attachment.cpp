#include "agent/lookups/member_attachment.h"

#include <utility>

#include "agent/contract/problem.h"
#include "agent/lookups/record_text.h"
#include "platform/crypto.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr std::string_view kType = "member_attached";

bool is_named_by(const std::string& text, const CardNamed& card) {
    if (text.empty()) return false;
    return card.field ? sync::normalised(text, *card.field) == card.value : text == card.value;
}

}  // namespace

bool names(const storage::Entry& entry, const CardNamed& card) {
    using storage::EntryKind;
    const bool counts = entry.kind == EntryKind::kTransaction || entry.kind == EntryKind::kReleased;
    if (!counts || entry.number <= card.since || entry.type == kType || entry.type.starts_with("redemption"))
        return false;
    // Most name nobody, and need not be read.
    if (!entry.body.contains("member_") || !sync::is_json(entry.body)) return false;
    const auto member = text_member(entry.body, "member_id");
    if (member == card.member_id) return false;
    return is_named_by(member, card) || is_named_by(text_member(entry.body, "member_card"), card);
}

storage::NewEntry attached(const storage::Entry& sale, const std::string& member_id, storage::Arrival arrival) {
    storage::NewEntry entry;
    entry.till = sale.till;
    entry.transaction_id = "attach:" + to_hex(sha256(sale.transaction_id)).substr(0, 40);
    entry.type = kType;
    entry.business_day = sale.business_day;
    entry.occurred_at = to_rfc3339(sale.arrival.arrived_at, true);
    entry.refers_to = sale.transaction_id;
    entry.body = R"({"id":)" + quoted(entry.transaction_id) + R"(,"type":)" + quoted(kType) + R"(,"occurred_at":)" +
                 quoted(entry.occurred_at) + R"(,"refers_to":)" + quoted(entry.refers_to) + R"(,"member_id":)" +
                 quoted(member_id) + '}';
    entry.arrival = std::move(arrival);
    return entry;
}

}  // namespace tillkeeper::agent
