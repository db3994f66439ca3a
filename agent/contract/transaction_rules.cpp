#include "agent/contract/transaction_rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "agent/contract/transaction.h"
#include "platform/clock.h"
#include "storage/own_entries.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kProblemsMax = 16;
constexpr std::size_t kTypeBytesMax = 64;
constexpr std::size_t kReceiptBytesMax = 64;
constexpr double kExactIntegerMax = 9007199254740992.0;  // 2^53

// In the order of TransactionReader::Member.
constexpr std::array<std::string_view, 12> kNames{"id",           "type",     "till_sequence", "occurred_at",
                                                  "business_day", "currency", "refers_to",     "receipt",
                                                  "member_id",    "total",    "lines",         "tenders"};

std::optional<double> number(JsonType type, std::string_view text) {
    double value = 0;
    if (type != JsonType::kNumber) return std::nullopt;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), value).ec;
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<double> integer(JsonType type, std::string_view text) {
    const auto value = number(type, text);
    return value && std::trunc(*value) == *value && std::fabs(*value) <= kExactIntegerMax ? value : std::nullopt;
}

bool has_three_decimals(JsonType type, std::string_view text) {
    const auto value = number(type, text);
    if (!value) return false;
    const double thousandths = *value * 1000;
    return std::fabs(thousandths - std::round(thousandths)) <= 1e-6 * std::fmax(1.0, std::fabs(thousandths));
}

std::string pointer_to(std::string_view array, std::size_t index, std::string_view member) {
    return "/" + std::string(array) + "/" + std::to_string(index) + "/" + std::string(member);
}

}  // namespace

void TransactionReader::value(const JsonPlace& place, JsonType type, std::string_view text) {
    if (place.depth == 0) {
        out_.is_object = type == JsonType::kObject;
    } else if (place.depth == 1 && out_.is_object) {
        member(place.names[0], type, text);
    } else if (place.names[0] == kNames[kLines]) {
        amount(kLines, place, type, text);
    } else if (place.names[0] == kNames[kTenders]) {
        amount(kTenders, place, type, text);
    }
}

void TransactionReader::member(std::string_view name, JsonType type, std::string_view text) {
    const auto known = std::ranges::find(kNames, name);
    if (known == kNames.end()) return;
    Seen& seen = seen_[static_cast<std::size_t>(known - kNames.begin())];
    if (!std::exchange(seen.there, true)) seen = {true, type, std::string(text)};
}

// An element of lines or tenders, or a member of one.
void TransactionReader::amount(Member array, const JsonPlace& place, JsonType type, std::string_view text) {
    if (seen_[array].type != JsonType::kArray || !place.names[1].empty()) return;
    Sum& sum = array == kLines ? lines_ : tenders_;
    if (place.depth == 2) {
        end_item(array);
        ++sum.items;
        sum.amount_seen = false;
        return;
    }
    const auto at = [&](std::string_view name) { return pointer_to(kNames[array], place.index, name); };
    const auto name = place.names[2];
    if (name == "amount") {
        const auto value = integer(type, text);
        sum.amount_seen = true;
        sum.sum += value.value_or(0);
        sum.whole = sum.whole && value;
        if (!value) money_problem(at(name));
    } else if (array == kLines && name == "unit_price" && !integer(type, text)) {
        money_problem(at(name));
    } else if (array == kLines && name == "quantity" && !has_three_decimals(type, text)) {
        problem("not-a-quantity", "Not a quantity", "A number with at most three decimals.", at(name));
    }
}

void TransactionReader::end_item(Member array) {
    Sum& sum = array == kLines ? lines_ : tenders_;
    if (std::exchange(sum.amount_seen, true)) return;
    sum.whole = false;
    money_problem(pointer_to(kNames[array], sum.items - 1, "amount"));
}

TransactionFields TransactionReader::finish() {
    end_item(kLines);
    end_item(kTenders);
    identity();
    times();
    references();
    totals();
    return std::move(out_);
}

void TransactionReader::problem(ProblemType type, std::string title, std::string detail, std::string pointer) {
    if (out_.problems.size() < kProblemsMax)
        out_.problems.push_back({type, std::move(title), std::move(detail), std::move(pointer)});
}

void TransactionReader::money_problem(std::string pointer) {
    problem("not-money", "Not an amount of money", "An integer in the currency's minor unit.", std::move(pointer));
}

void TransactionReader::unusable(Member member, std::string form) {
    problem("unusable-member", "Member of the wrong form", std::move(form), "/" + std::string(kNames[member]));
}

void TransactionReader::missing(Member member, std::string form) {
    if (seen_[member].there) return unusable(member, std::move(form));
    problem("missing-member", "Member missing", std::string(kNames[member]) + " is required.", "");
}

const std::string* TransactionReader::text(Member member) const {
    return seen_[member].type == JsonType::kString ? &seen_[member].text : nullptr;
}

void TransactionReader::identity() {
    if (const auto* id = text(kId)) out_.id = *id;
    if (!out_.id || !is_transaction_id(*out_.id)) missing(kId, "1 to 64 of A-Z a-z 0-9 . _ : -");

    const auto* type = text(kType);
    if (type != nullptr && !type->empty() && type->size() <= kTypeBytesMax)
        out_.type = *type;
    else
        missing(kType, "A word of at most 64 bytes, such as sale.");
    if (storage::is_own_type(out_.type)) unusable(kType, "Another word: this one is the agent's own.");

    const auto sequence = integer(seen_[kTillSequence].type, seen_[kTillSequence].text);
    if (sequence && *sequence >= 0)
        out_.till_sequence = static_cast<std::int64_t>(*sequence);
    else
        missing(kTillSequence, "An integer, 0 or more.");
}

void TransactionReader::times() {
    const auto* occurred = text(kOccurredAt);
    if (occurred != nullptr && parse_rfc3339(*occurred))
        out_.occurred_at = *occurred;
    else
        missing(kOccurredAt, "A time as RFC 3339 writes it: 2026-11-20T10:42:07.120+01:00.");

    if (!seen_[kBusinessDay].there) return;
    const auto* day = text(kBusinessDay);
    if (day != nullptr && parse_rfc3339(*day + "T00:00:00Z"))
        out_.business_day = *day;
    else
        unusable(kBusinessDay, "A day as 2026-11-20.");
}

void TransactionReader::references() {
    const auto given = [&](Member member) { return seen_[member].there && seen_[member].type != JsonType::kNull; };
    if (given(kRefersTo)) {
        if (const auto* other = text(kRefersTo); other != nullptr && is_transaction_id(*other))
            out_.refers_to = *other;
        else
            unusable(kRefersTo, "The id of another transaction.");
    }
    if (given(kReceipt)) {
        if (const auto* receipt = text(kReceipt); receipt != nullptr && receipt->size() <= kReceiptBytesMax)
            out_.receipt = *receipt;
        else
            unusable(kReceipt, "Text of at most 64 bytes.");
    }
    if (given(kMemberId) && text(kMemberId) == nullptr) unusable(kMemberId, "Text.");
    if (!seen_[kCurrency].there) return;
    const auto* currency = text(kCurrency);
    if (currency == nullptr || currency->size() != 3 ||
        currency->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos)
        problem("currency", "Not a currency", "Three capital letters, as ISO 4217.", "/currency");
}

void TransactionReader::totals() {
    for (const Member array : {kLines, kTenders})
        if (seen_[array].there && seen_[array].type != JsonType::kArray) unusable(array, "An array.");
    if (!seen_[kTotal].there) return;
    const auto total = integer(seen_[kTotal].type, seen_[kTotal].text);
    if (!total) return money_problem("/total");
    total_of(kLines, *total);
    total_of(kTenders, *total);
}

void TransactionReader::total_of(Member array, double total) {
    const Sum& sum = array == kLines ? lines_ : tenders_;
    if (seen_[array].type != JsonType::kArray || !sum.whole || sum.sum == total) return;
    const std::string name(kNames[array]);
    problem("totals", "The totals do not add up", "The " + name + "' amounts do not sum up to the total.", "/" + name);
}

}  // namespace tillkeeper::agent
