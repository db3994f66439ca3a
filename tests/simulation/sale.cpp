#include "tests/simulation/sale.h"

#include <array>

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
    std::uint64_t count = 1 + random.below(4);
    if (random.below(400) == 0) count = 1200;
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
    std::int64_t total = 0;
    const std::string all = lines(draft, total, random);
    std::string body = R"({"id":")" + draft.id + R"(","type":")" + sale.type + '"';
    if (draft.fate != Fate::kQuarantined) body += R"(,"till_sequence":)" + std::to_string(draft.sequence);
    body += R"(,"occurred_at":")" + to_rfc3339(draft.occurred_at, true) + R"(","business_day":"2026-11-20")";
    if (!draft.refers_to.empty()) body += R"(,"refers_to":")" + draft.refers_to + '"';
    if (!draft.poison.empty()) body += R"(,"poison":")" + draft.poison + '"';
    body += R"(,"currency":"EUR","receipt":"0042-)" + draft.till + '-' + std::to_string(draft.sequence) + '"';
    body += R"(,"lines":)" + all + R"(,"tenders":[{"type":"card","amount":)" + std::to_string(total) + "}]";
    body += R"(,"total":)" + std::to_string(total) + R"(, "x_till":{"kept":[1,2.50,null]} })";
    if (draft.fate == Fate::kMalformed) body.resize(body.size() - 1 - random.below(20));
    if (draft.fate == Fate::kTooLarge) body.insert(1, 262'144, ' ');
    sale.body = std::move(body);
    sale.plain = canonical(sale.body);
    return sale;
}

std::string canonical(std::string_view json) {
    return lab::Json::parse(json).dump();
}

}  // namespace tillkeeper::simulation
