#include "tests/cloud/loyalty_api.h"

#include "tests/cloud/feed_api.h"

namespace tillkeeper::cloud {

Answer LoyaltyApi::serve(const Request& request) {
    const std::string call = request.method + " " + request.path;
    if (call == "POST /loyalty/v1/redemptions") return redeem(request);
    if (call == "GET /loyalty/v1/keys") return json_answer(200, "{\"keys\":[" + engine_.signer().jwk() + "]}\n");
    if (call != "GET /loyalty/v1/leases") return error_answer(404, "not_found");
    const std::string store = form_value(request.query, "store");
    if (store.empty()) return error_answer(400, "store_missing");
    return feed_answer(engine_.leases_of(store), request);
}

Answer LoyaltyApi::redeem(const Request& request) {
    const Tree asked = parse_tree(request.body);
    const Redemption redemption{.id = text_of(asked.get(), "id"),
                                .store = text_of(asked.get(), "store"),
                                .member = text_of(asked.get(), "member_id"),
                                .points = integer_of(asked.get(), "points").value_or(0),
                                .lease = {}};
    if (redemption.id.empty() || redemption.store.empty() || redemption.member.empty() || redemption.points < 1)
        return error_answer(400, "bad_redemption", "id, store, member_id and points are required");
    if (request.idempotency_key != redemption.id)
        return error_answer(400, "bad_redemption", "Idempotency-Key is the id");
    const auto outcome = engine_.redeem(redemption);
    return json_answer(200, std::string(R"({"outcome":")") + (outcome.approved ? "approved" : "declined") +
                                R"(","reason":)" + (outcome.approved ? "null" : "\"" + outcome.reason + "\"") +
                                R"(,"balance":)" + std::to_string(outcome.balance) + "}\n");
}

}  // namespace tillkeeper::cloud
