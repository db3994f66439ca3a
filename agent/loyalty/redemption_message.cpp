#include "agent/loyalty/redemption_message.h"

#include "agent/contract/flat_object.h"
#include "platform/crypto.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kRequestIdBytesMax = 64;
constexpr std::size_t kMemberIdBytesMax = 128;
constexpr std::string_view kType = "redemption";

ExaminedRedemption refuse(Refusal refusal, Problem problem) {
    ExaminedRedemption examined;
    examined.refusal = refusal;
    examined.problems.push_back(std::move(problem));
    return examined;
}

std::string number_json(std::optional<std::int64_t> number) {
    return number ? std::to_string(*number) : "null";
}

std::string_view source(bool live) {
    return live ? "live" : "offline_allowance";
}

// Everything that cannot be used, at once.
std::vector<Problem> problems_of(const FlatObject& members, RedemptionRequest& request) {
    std::vector<Problem> problems;
    const auto text = [&](const char* name, std::size_t bytes_max, std::string& to) {
        to = members.text(name).value_or("");
        if (to.empty() || to.size() > bytes_max)
            problems.push_back({"malformed", "Not a redemption",
                                "A text of 1 to " + std::to_string(bytes_max) + " bytes must stand here.",
                                '/' + std::string(name)});
    };
    text("request_id", kRequestIdBytesMax, request.request_id);
    text("member_id", kMemberIdBytesMax, request.member_id);
    request.transaction_id = members.text("transaction_id").value_or("");
    if (!is_transaction_id(request.transaction_id))
        problems.push_back({"malformed", "Not a redemption",
                            "The id of the transaction that the points pay for must stand here.", "/transaction_id"});
    request.points = members.integer("points").value_or(0);
    if (request.points < 1 || request.points > kRedemptionPointsMax)
        problems.push_back({"malformed", "Not a redemption",
                            "A whole number from 1 to " + std::to_string(kRedemptionPointsMax) + " must stand here.",
                            "/points"});
    return problems;
}

}  // namespace

ExaminedRedemption examine_redemption(std::string_view payload) {
    if (payload.size() > kRedemptionBytesMax)
        return refuse(Refusal::kTooLarge, {"too-large", "Too large",
                                           "A redemption has at most " + std::to_string(kRedemptionBytesMax) +
                                               " bytes; this one has " + std::to_string(payload.size()) + '.',
                                           ""});
    const auto members = FlatObject::read(payload);
    if (!members) return refuse(Refusal::kMalformed, {"malformed", "Not a redemption", members.error().message, ""});
    ExaminedRedemption examined;
    examined.request_id = members->text("request_id");
    if (examined.request_id && examined.request_id->size() > kRequestIdBytesMax) examined.request_id.reset();
    if (!members->card_number_at().empty()) {
        examined.request_id.reset();
        examined.refusal = Refusal::kContainsCardNumber;
        examined.problems.push_back({"card-number", "Card number",
                                     "Leave out or mask the card number; it is neither stored nor sent.",
                                     members->card_number_at()});
        return examined;
    }
    examined.problems = problems_of(*members, examined.request);
    if (!examined.problems.empty()) examined.refusal = Refusal::kMalformed;
    return examined;
}

std::string redemption_id(const RedemptionRequest& request, int attempt) {
    const auto digest = sha256(request.transaction_id + '\n' + request.member_id);
    auto id = "redeem:" + to_hex(digest).substr(0, 40);
    if (attempt > 0) id += '.' + std::to_string(attempt);
    return id;
}

std::string void_id(std::string_view redemption_id) {
    return "void:" + std::string(redemption_id);
}

std::string redemption_body(std::string_view id, const RedemptionRequest& request, const ApprovedRedemption& approved,
                            WallTime now) {
    std::string out = R"({"id":)" + quoted(id) + R"(,"type":"redemption","occurred_at":)" +
                      quoted(to_rfc3339(now, true)) + R"(,"member_id":)" + quoted(request.member_id) + R"(,"points":)" +
                      std::to_string(request.points) + R"(,"transaction_id":)" + quoted(request.transaction_id) +
                      R"(,"source":")";
    out += source(approved.live);
    out += '"';
    if (!approved.lease.empty()) out += R"(,"lease":)" + quoted(approved.lease);
    out += R"(,"balance":)" + number_json(approved.balance) + '}';
    return out;
}

std::string void_body(std::string_view redemption_id, const RedemptionRequest& request, WallTime now) {
    return R"({"id":)" + quoted(void_id(redemption_id)) + R"(,"type":"redemption_voided","occurred_at":)" +
           quoted(to_rfc3339(now, true)) + R"(,"redemption_id":)" + quoted(redemption_id) + R"(,"member_id":)" +
           quoted(request.member_id) + R"(,"points":)" + std::to_string(request.points) + '}';
}

std::optional<ApprovedRedemption> read_redemption(std::string_view body) {
    const auto members = FlatObject::read(body);
    if (!members || members->text("type") != kType) return std::nullopt;
    const auto points = members->integer("points");
    if (!points) return std::nullopt;
    return ApprovedRedemption{.live = members->text("source") == source(true),
                              .lease = members->text("lease").value_or(""),
                              .points = *points,
                              .balance = members->integer("balance")};
}

std::string approved_answer(const RedemptionRequest& request, std::string_view id, const ApprovedRedemption& approved) {
    std::string out = R"({"reply_to":"redemption","request_id":)" + quoted(request.request_id) +
                      R"(,"outcome":"approved","source":")";
    out += source(approved.live);
    out += R"(","balance":)" + number_json(approved.balance) + R"(,"redemption_id":)" + quoted(id) + '}';
    return out;
}

std::string declined_answer(const RedemptionRequest& request, bool live, std::string_view reason,
                            std::optional<std::int64_t> balance) {
    std::string out = R"({"reply_to":"redemption","request_id":)" + quoted(request.request_id) +
                      R"(,"outcome":"declined","source":")";
    out += source(live);
    out += R"(","balance":)" + number_json(balance) + R"(,"reason":)" + quoted(reason) + '}';
    return out;
}

std::string refused_redemption(const std::optional<std::string>& request_id, Refusal refusal,
                               const std::vector<Problem>& problems, std::optional<Duration> retry_after) {
    return R"({"reply_to":"redemption","request_id":)" + (request_id ? quoted(*request_id) : "null") + ',' +
           refusal_end(to_string(refusal), problems, retry_after);
}

}  // namespace tillkeeper::agent
