#include "agent/contract/transaction_rules.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

#include "agent/contract/lone_surrogate.h"
#include "agent/contract/transaction.h"
#include "platform/clock.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kProblemsMax = 16;
constexpr std::size_t kTypeBytesMax = 64;
constexpr std::size_t kReceiptBytesMax = 64;
constexpr double kExactIntegerMax = 9007199254740992.0;  // 2^53

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

class Rules {
  public:
    Rules(const cJSON* root, TransactionFields& out) : root_(root), out_(out) {}

    void apply() {
        identity();
        times();
        references();
        if (const auto* currency = member("currency"))
            if (!is_currency(currency))
                problem("currency", "Not a currency", "Three capital letters, as ISO 4217.", "/currency");
        amounts();
    }

  private:
    const cJSON* member(const char* name) const { return cJSON_GetObjectItemCaseSensitive(root_, name); }

    void problem(std::string type, std::string title, std::string detail, std::string pointer) {
        if (out_.problems.size() < kProblemsMax)
            out_.problems.push_back({std::move(type), std::move(title), std::move(detail), std::move(pointer)});
    }
    void missing(const char* name, std::string form) {
        if (member(name) == nullptr)
            problem("missing-member", "Member missing", std::string(name) + " is required.", "");
        else
            problem("unusable-member", "Member of the wrong form", std::move(form), std::string("/") + name);
    }

    static bool is_integer(const cJSON* node) {
        return cJSON_IsNumber(node) != 0 && std::trunc(node->valuedouble) == node->valuedouble &&
               std::fabs(node->valuedouble) <= kExactIntegerMax;
    }
    static bool is_currency(const cJSON* node) {
        if (!cJSON_IsString(node)) return false;
        const std::string_view text = node->valuestring;
        return text.size() == 3 && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
    }

    void identity() {
        if (const auto* id = member("id"); cJSON_IsString(id)) out_.id = id->valuestring;
        if (!out_.id || !is_transaction_id(*out_.id)) missing("id", "1 to 64 of A-Z a-z 0-9 . _ : -");

        const auto* type = member("type");
        if (cJSON_IsString(type) && *type->valuestring != '\0' &&
            std::string_view(type->valuestring).size() <= kTypeBytesMax)
            out_.type = type->valuestring;
        else
            missing("type", "A word of at most 64 bytes, such as sale.");

        const auto* sequence = member("till_sequence");
        if (is_integer(sequence) && sequence->valuedouble >= 0)
            out_.till_sequence = static_cast<std::int64_t>(sequence->valuedouble);
        else
            missing("till_sequence", "An integer, 0 or more.");
    }

    void times() {
        const auto* occurred = member("occurred_at");
        if (cJSON_IsString(occurred) && parse_rfc3339(occurred->valuestring))
            out_.occurred_at = occurred->valuestring;
        else
            missing("occurred_at", "A time as RFC 3339 writes it: 2026-11-20T10:42:07.120+01:00.");

        const auto* day = member("business_day");
        if (day == nullptr) return;
        if (cJSON_IsString(day) && parse_rfc3339(std::string(day->valuestring) + "T00:00:00Z"))
            out_.business_day = day->valuestring;
        else
            problem("unusable-member", "Member of the wrong form", "A day as 2026-11-20.", "/business_day");
    }

    void references() {
        if (const auto* other = member("refers_to"); other != nullptr && !cJSON_IsNull(other)) {
            if (cJSON_IsString(other) && is_transaction_id(other->valuestring))
                out_.refers_to = other->valuestring;
            else
                problem("unusable-member", "Member of the wrong form", "The id of another transaction.", "/refers_to");
        }
        if (const auto* receipt = member("receipt"); receipt != nullptr && !cJSON_IsNull(receipt)) {
            if (cJSON_IsString(receipt) && std::string_view(receipt->valuestring).size() <= kReceiptBytesMax)
                out_.receipt = receipt->valuestring;
            else
                problem("unusable-member", "Member of the wrong form", "Text of at most 64 bytes.", "/receipt");
        }
        if (const auto* who = member("member_id"); who != nullptr && !cJSON_IsNull(who) && !cJSON_IsString(who))
            problem("unusable-member", "Member of the wrong form", "Text.", "/member_id");
    }

    // The sum of `amount` over the array's objects; nothing when it is absent or cannot be summed (a problem says why).
    std::optional<double> sum_of(const char* array_name, bool lines) {
        const auto* array = member(array_name);
        if (array == nullptr) return std::nullopt;
        const std::string base = std::string("/") + array_name;
        if (!cJSON_IsArray(array)) {
            problem("unusable-member", "Member of the wrong form", "An array.", base);
            return std::nullopt;
        }
        double sum = 0;
        bool whole = true;
        int index = 0;
        for (const cJSON* item = array->child; item != nullptr; item = item->next, ++index) {
            const std::string at = base + '/' + std::to_string(index);
            const auto* amount = cJSON_GetObjectItemCaseSensitive(item, "amount");
            if (is_integer(amount)) {
                sum += amount->valuedouble;
            } else {
                whole = false;
                money_problem(at + "/amount");
            }
            if (lines) line(item, at);
        }
        return whole ? std::optional(sum) : std::nullopt;
    }

    void money_problem(std::string pointer) {
        problem("not-money", "Not an amount of money", "An integer in the currency's minor unit.", std::move(pointer));
    }

    void line(const cJSON* item, const std::string& at) {
        const auto* price = cJSON_GetObjectItemCaseSensitive(item, "unit_price");
        if (price != nullptr && !is_integer(price)) money_problem(at + "/unit_price");
        const auto* quantity = cJSON_GetObjectItemCaseSensitive(item, "quantity");
        if (quantity == nullptr) return;
        const double thousandths = cJSON_IsNumber(quantity) ? quantity->valuedouble * 1000 : 0.5;
        if (std::fabs(thousandths - std::round(thousandths)) > 1e-6 * std::fmax(1.0, std::fabs(thousandths)))
            problem("not-a-quantity", "Not a quantity", "A number with at most three decimals.", at + "/quantity");
    }

    void amounts() {
        const auto lines = sum_of("lines", true);
        const auto tenders = sum_of("tenders", false);
        const auto* total = member("total");
        if (total == nullptr) return;
        if (!is_integer(total)) return money_problem("/total");
        if (lines && *lines != total->valuedouble)
            problem("totals", "The totals do not add up", "The lines' amounts do not sum up to the total.", "/lines");
        if (tenders && *tenders != total->valuedouble)
            problem("totals", "The totals do not add up", "The tenders' amounts do not sum up to the total.",
                    "/tenders");
    }

    const cJSON* root_;
    TransactionFields& out_;
};

}  // namespace

TransactionFields read_fields(std::string_view json) {
    TransactionFields fields;
    fields.is_object = json.substr(std::min(json.find_first_not_of(" \t\r\n"), json.size())).starts_with('{');
    if (!fields.is_object) return fields;
    Document root(cJSON_ParseWithLength(json.data(), json.size()));
    if (!root) {
        const auto whole = without_lone_surrogates(json);
        root.reset(cJSON_ParseWithLength(whole.data(), whole.size()));
    }
    if (root)
        Rules(root.get(), fields).apply();
    else
        fields.problems.push_back({"unreadable", "Cannot be read", "JSON, but not for us: a number too long?", ""});
    return fields;
}

}  // namespace tillkeeper::agent
