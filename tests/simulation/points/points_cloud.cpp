#include "tests/simulation/points/points_cloud.h"

#include <array>

#include "platform/crypto.h"

namespace tillkeeper::simulation {
namespace {

constexpr std::size_t kGenerationsRemembered = 3;

HttpResponse status(int code, std::string body = {}) {
    HttpResponse response;
    response.status = code;
    response.body = std::move(body);
    return response;
}

std::string unescaped(std::string_view text) {
    constexpr std::string_view kColon = "%3A";
    std::string out;
    for (auto at = text.find(kColon); at != std::string_view::npos; at = text.find(kColon)) {
        out.append(text.substr(0, at)).append(":");
        text.remove_prefix(at + kColon.size());
    }
    return out.append(text);
}

std::string parameter(std::string_view query, std::string_view name) {
    const auto at = query.find(std::string(name) + '=');
    if (at == std::string_view::npos) return {};
    const auto from = at + name.size() + 1;
    return unescaped(query.substr(from, query.find('&', from) - from));
}

}  // namespace

std::string_view name_of(PointsIllness illness) {
    static constexpr std::array<std::string_view, kPointsIllnesses> kNames{
        "well",      "5 s late", "garbled", "unavailable", "failing too late", "one that hands out yesterday's cursor",
        "forgetful", "not found"};
    return kNames[static_cast<std::size_t>(illness)];
}

Duration PointsCloud::thinks(Duration now) const {
    return illness(now) == PointsIllness::kLate ? std::chrono::seconds(5) : Duration{};
}

HttpResponse PointsCloud::serve(const HttpRequest& request, Duration now) {
    switch (illness(now)) {
        case PointsIllness::kGarbage:
            return status(200, "<html>Please log in</html>");
        case PointsIllness::kUnavailable:
            return status(503);
        case PointsIllness::kNotFound:
            return status(404, "<html>Nothing here</html>");
        case PointsIllness::kDoesAndFails:
            static_cast<void>(answer(request, now));
            return status(500);
        default:
            return answer(request, now);
    }
}

HttpResponse PointsCloud::answer(const HttpRequest& request, Duration now) {
    std::string_view path = request.url;
    path.remove_prefix(kAddress.size());
    if (path == "/redemptions") return redeem(request, now);
    if (path == "/transactions") return take_events(request, now);
    return path.starts_with("/live/") ? live(path) : feed(path, now);
}

HttpResponse PointsCloud::redeem(const HttpRequest& request, Duration now) {
    const auto asked = lab::Json::parse(request.body);
    const std::string id = asked["id"].text();
    const std::string member = asked["member_id"].text();
    const std::string reason = engine_.redeem(id, member, asked["points"].number(), asked["transaction_id"].text());
    trace_.add(now, "engine", (reason.empty() ? "books " : "declines (" + reason + ") ") + id);
    const std::string balance = engine_.accounts().contains(member) ? std::to_string(engine_.balance(member)) : "null";
    if (reason.empty()) return status(200, R"({"outcome":"approved","balance":)" + balance + '}');
    return status(200, R"({"outcome":"declined","reason":")" + reason + R"(","balance":)" + balance + '}');
}

// One in three, by its id, so that it is the same each time.
std::string PointsCloud::item(const std::string& id, const Booking* redemption) {
    const std::string delivered = R"({"id":")" + id + R"(","outcome":"delivered")";
    const auto hash = sha256(id);
    if (redemption == nullptr || hash[0] % 3 != 0) return delivered + '}';
    auto& otherwise = otherwise_[id];
    otherwise.amount = 1 + hash[1] % redemption->points;
    return delivered + R"(,"difference":{"cause":"balance_too_low","amount":)" + std::to_string(otherwise.amount) +
           "}}";
}

void PointsCloud::hear_of_row(const lab::Json& row) {
    const auto told = otherwise_.find(row["refers_to"].text());
    if (told == otherwise_.end()) return engine_.broken("[sync-11] a row about what nobody booked otherwise");
    const std::string id = row["id"].text();
    if (!told->second.row.empty() && told->second.row != id) engine_.broken("[sync-11] two rows about " + told->first);
    if (row["amount"].number() != told->second.amount || row["cause"].text() != "balance_too_low")
        engine_.broken("[sync-11] the row says something else about " + told->first);
    told->second.row = id;
}

// In any order within a batch, as systems that work in parallel do.
HttpResponse PointsCloud::take_events(const HttpRequest& request, Duration now) {
    const auto batch = lab::Json::parse(request.body);
    std::string items;
    for (const auto& event : batch.items()) {
        const auto data = event["data"];
        const std::string type = data["type"].text();
        const std::string id = data["id"].text();
        trace_.add(now, "engine", "hears of " + type + ' ' + id);
        if (type == "sale") engine_.earned(id, data["member_id"].text(), data["points_base"].number());
        if (type == "redemption_voided") engine_.voided(data["redemption_id"].text());
        if (type == "lease_returned") engine_.returned(data["jti"].text(), data["spent"].number());
        if (type == "reconciliation") hear_of_row(data);
        const Booking said{.member = data["member_id"].text(),
                           .points = data["points"].number(),
                           .lease = data["lease"].text(),
                           .live = data["source"].text() == "live"};
        if (type == "redemption") engine_.redeemed(id, said, now);
        items += (items.empty() ? "" : ",") + item(id, type == "redemption" ? &said : nullptr);
    }
    if (items.contains("difference")) return status(200, R"({"items":[)" + items + "]}");
    return status(random_.below(2) == 0 ? 202 : 204);
}

HttpResponse PointsCloud::feed(std::string_view path, Duration now) {
    const FeedQuestion asked{parameter(path, "cursor"), parameter(path, "page"),
                             illness(now) == PointsIllness::kYesterday};
    if (illness(now) == PointsIllness::kForgets && !(asked.cursor.empty() && asked.page.empty())) return status(410);
    if (path.starts_with("/feed/members")) return status(200, engine_.members().page(asked));
    if (path.starts_with("/leases")) return status(200, engine_.leases_of(parameter(path, "store")).page(asked));
    if (path.starts_with("/keys")) return status(200, R"({"records":[)" + engine_.jwk() + "]}");
    const std::string page = catalogue_.page(asked, kGenerationsRemembered);
    return page.empty() ? status(410) : status(200, page);
}

HttpResponse PointsCloud::live(std::string_view path) const {
    std::string key = parameter(path, "key");
    if (parameter(path, "by") == "card") key = key.starts_with("29") ? std::string("m").append(key, 2) : "";
    const std::string* record = engine_.members().find(key);
    return record == nullptr ? status(404, R"({"error":"not_found"})") : status(200, *record);
}

}  // namespace tillkeeper::simulation
