#include "agent/contract/transaction.h"

#include <algorithm>
#include <utility>

#include "agent/contract/card_number.h"
#include "agent/contract/json_scan.h"
#include "agent/contract/order_pot.h"
#include "agent/contract/transaction_rules.h"
#include "platform/ascii.h"
#include "platform/crypto.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kEchoedIdMax = 256;

bool consists_of(std::string_view text, std::size_t max, std::string_view others) {
    return !text.empty() && text.size() <= max && std::ranges::all_of(text, [&](char c) {
        return is_ascii_alnum(c) || others.find(c) != std::string_view::npos;
    });
}

Examined refuse(Refusal refusal, Problem problem) {
    Examined examined;
    examined.refusal = refusal;
    examined.problems.push_back(std::move(problem));
    return examined;
}

Problem describe(const JsonFinding& finding) {
    switch (finding.kind) {
        case JsonFinding::Kind::kInexactNumber:
            return {"inexact-number", "Number with too many digits",
                    "Some programs cannot keep this number exactly; send it as text or within 2^53.", finding.pointer};
        case JsonFinding::Kind::kRepeatedMember:
            return {"repeated-member", "Member given twice", "Only one member of this name may stand here.",
                    finding.pointer};
        case JsonFinding::Kind::kNulCharacter:
            return {"nul-character", "NUL character in text", "Remove the character U+0000.", finding.pointer};
        case JsonFinding::Kind::kLoneSurrogate:
            return {"broken-character", "Half a character in text", "A surrogate stands without its other half.",
                    finding.pointer};
        case JsonFinding::Kind::kCardNumber:
            break;
    }
    return {"card-number", "Card number", "Leave out or mask the card number; it is neither stored nor sent.",
            finding.pointer};
}

// So that a resend of something without a usable id is recognised all the same.
std::string substitute_id(std::string_view payload) {
    return "unidentified:" + to_hex(sha256(payload)).substr(0, 40);
}

}  // namespace

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::kMalformed:
            return "malformed";
        case Refusal::kTooLarge:
            return "too_large";
        case Refusal::kContainsCardNumber:
            return "contains_card_number";
        case Refusal::kNotYours:
            return "not_yours";
        case Refusal::kBusy:
            return "busy";
        case Refusal::kStorageFull:
            return "storage_full";
    }
    std::unreachable();
}

bool is_till_name(std::string_view text) {
    return consists_of(text, 32, "_-");
}
bool is_transaction_id(std::string_view text) {
    return consists_of(text, 64, "._:-");
}

Examined examine_transaction(std::string_view till, std::string payload) {
    if (payload.size() > kTransactionBytesMax)
        return refuse(Refusal::kTooLarge, {"too-large", "Too large",
                                           "A transaction has at most " + std::to_string(kTransactionBytesMax) +
                                               " bytes; this one has " + std::to_string(payload.size()) + '.',
                                           ""});
    TransactionReader reader;
    auto findings = scan_json(payload, {}, &reader);
    if (!findings)
        return refuse(Refusal::kMalformed, {"malformed", "Not a JSON document", findings.error().message, ""});

    TransactionFields fields = reader.finish();
    if (!fields.is_object)
        return refuse(Refusal::kMalformed, {"malformed", "Not a JSON object", "A transaction is a JSON object.", ""});

    // Given twice, or cut short by U+0000: which one it is, readers disagree.
    if (std::ranges::any_of(*findings, [](const auto& finding) { return finding.pointer == "/id"; })) fields.id.reset();

    Examined examined;
    if (fields.id && fields.id->size() <= kEchoedIdMax) examined.id = fields.id;
    for (const auto& finding : *findings) {
        if (finding.kind == JsonFinding::Kind::kCardNumber) {
            examined.refusal = Refusal::kContainsCardNumber;
            if (examined.id && contains_card_number(*examined.id, "id")) examined.id.reset();
            examined.problems.assign(1, describe(finding));
            return examined;
        }
        examined.problems.push_back(describe(finding));
    }
    examined.problems.insert(examined.problems.end(), fields.problems.begin(), fields.problems.end());

    storage::NewEntry& entry = examined.entry;
    entry.kind = examined.problems.empty() ? storage::EntryKind::kTransaction : storage::EntryKind::kQuarantined;
    entry.till = till;
    entry.till_sequence = fields.till_sequence;
    entry.transaction_id = fields.id && is_transaction_id(*fields.id) ? *fields.id : substitute_id(payload);
    entry.type = fields.type;
    entry.business_day = fields.business_day;
    entry.occurred_at = fields.occurred_at;
    entry.refers_to = fields.refers_to;
    entry.receipt = fields.receipt;
    if (!examined.problems.empty()) entry.problems = to_json(examined.problems);
    // What a person must look at anyway hands nothing out.
    if (examined.problems.empty() && entry.type == "order_collected" && !entry.refers_to.empty())
        entry.spends.push_back({.pot = order_pot(entry.refers_to), .amount = 1, .limit = 1});
    entry.body = std::move(payload);
    return examined;
}

Examined collected_before(storage::NewEntry entry) {
    Examined examined;
    examined.problems.push_back({"already-collected", "Order handed out before",
                                 "This order was collected already; it must not be handed out again.", "/refers_to"});
    examined.entry = std::move(entry);
    examined.entry.kind = storage::EntryKind::kQuarantined;
    examined.entry.problems = to_json(examined.problems);
    examined.entry.spends.clear();
    return examined;
}

}  // namespace tillkeeper::agent
