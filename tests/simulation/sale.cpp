#include "tests/simulation/sale.h"

#include <array>

#include "platform/crypto.h"
#include "tests/e2e/json.h"

namespace tillkeeper::simulation {
namespace {

constexpr std::array<const char*, 3> kWords{"white hanging heart", "t-light holder, \\u00e4hnlich",
                                            "r\xc3\xa9gency cakestand"};

std::string line(std::int64_t amount, std::string_view words) {
    return R"({"sku":"85123A","description":")" + std::string(words) + R"(","quantity":1,"unit_price":)" +
           std::to_string(amount) + R"(,"amount":)" + std::to_string(amount) + '}';
}

std::string lines(const SaleDraft& draft, std::int64_t& total, Random& random) {
    std::string out = "[";
    const std::uint64_t count = draft.large ? 400 + random.below(400) : 1 + random.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto amount = static_cast<std::int64_t>(random.below(5000));
        total += amount;
        if (i != 0) out += ',';
        out += line(amount, kWords[random.below(kWords.size())]);
    }
    if (draft.fate == Fate::kCardNumber) {
        out += ',' + line(100, "paid with " + std::string(kCardNumber));
        total += 100;
    }
    return out + ']';
}

// What a person must look at, in many forms.
enum class Doubt : std::uint8_t { kNone, kNoSequence, kNoTime, kTotals, kNearlyNothing };

Doubt draw_doubt(const SaleDraft& draft, Random& random) {
    return draft.fate == Fate::kQuarantined ? static_cast<Doubt>(1 + random.below(4)) : Doubt::kNone;
}

std::string draw_reply_topic(const SaleDraft& draft, Random& random) {
    if (draft.fate == Fate::kNotYours) return "tillkeeper/v1/tills/somebody-else/replies";
    return random.below(8) == 0 ? "tillkeeper/v1/tills/" + draft.till + "/answers/here" : "";
}

struct Words {
    std::string lines;
    std::int64_t total = 0;
    bool unusual = false;
};

Words draw_words(const SaleDraft& draft, Random& random) {
    Words words;
    words.lines = lines(draft, words.total, random);
    words.unusual = random.below(4) == 0;
    return words;
}

std::string write(const Sale& sale, const SaleDraft& draft, const Words& words, Doubt doubt,
                  const std::string& poison) {
    if (doubt == Doubt::kNearlyNothing) return R"({"id":")" + sale.id + R"("})";
    const std::string total = std::to_string(words.total);
    std::string body = R"({"id":")" + sale.id + R"(","type":")" + sale.type + '"';
    if (doubt != Doubt::kNoSequence) body += R"(,"till_sequence":)" + std::to_string(draft.sequence);
    if (doubt != Doubt::kNoTime) body += R"(,"occurred_at":")" + to_rfc3339(draft.occurred_at, true) + '"';
    body += R"(,"business_day":"2026-11-20")";
    if (!draft.refers_to.empty()) body += R"(,"refers_to":")" + draft.refers_to + '"';
    if (!poison.empty()) body += R"(,"poison":")" + poison + '"';
    body += R"(,"currency":"EUR","receipt":"0042-)" + draft.till + '-' + std::to_string(draft.sequence) + '"';
    body += R"(,"lines":)" + words.lines + R"(,"tenders":[{"type":"card","amount":)" + total + "}]";
    body += R"(,"total":)" + (doubt == Doubt::kTotals ? std::to_string(words.total + 1) : total);
    return body + (words.unusual ? R"(, "x_till":{"kept":[1,2.50,null]} })" : "}");
}

}  // namespace

Sale make_sale(const SaleDraft& draft, Random& random) {
    Sale sale;
    sale.id = draft.id;
    sale.till = draft.till;
    sale.sequence = draft.sequence;
    sale.refers_to = draft.refers_to;
    sale.poison = draft.poison;
    sale.fate = draft.fate;
    sale.type = draft.refers_to.empty() ? "sale" : random.below(2) == 0 ? "return" : "void";
    if (sale.type == "sale" && random.below(20) == 0) sale.type = "cash_movement";

    const Doubt doubt = draw_doubt(draft, random);
    if (doubt == Doubt::kNearlyNothing) sale.id = draft.short_id;  // so short that packing it does not pay
    sale.reply_topic = draw_reply_topic(draft, random);
    sale.refers_to = draft.refers_to;
    const Words words = draw_words(draft, random);
    sale.mended = write(sale, draft, words, Doubt::kNone, "");
    sale.body = write(sale, draft, words, doubt, draft.poison);
    if (draft.fate == Fate::kMalformed) sale.body.resize(sale.body.size() - 1 - random.below(20));
    if (draft.fate == Fate::kTooLarge) sale.body.insert(1, 262'144, ' ');
    sale.plain = canonical(sale.body);
    return sale;
}

std::string trace_of(const std::string& id) {
    const std::string hex = to_hex(sha256(id));
    return hex.front() < '8' ? "" : "00-" + hex.substr(0, 32) + "-" + hex.substr(32, 16) + "-01";
}

std::string canonical(std::string_view json) {
    return lab::Json::parse(json).dump();
}

}  // namespace tillkeeper::simulation
