#include "tests/e2e/points_shop.h"

#include <algorithm>

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kAskAgain = 3000ms;
constexpr std::size_t kOpenMax = 200;  // customers at the counters

std::string member_named(std::uint64_t place) {
    const auto digits = std::to_string(place);
    return "M" + std::string(8 - digits.size(), '0') + digits;
}

// As a till would write it, in one of the ways in which members name themselves.
std::string how_to_find(const std::string& member, std::uint64_t way) {
    const auto digits = member.substr(1);
    switch (way) {
        case 0:
            return R"("key":")" + member + '"';
        case 1:
            return R"("by":{"card_barcode":"29000)" + digits + "\"}";
        case 2:
            return R"("by":{"phone":"0171 )" + digits + "\"}";
        default:
            return R"("by":{"email":"M)" + digits + "@Example.com\"}";
    }
}

Instant next_after(Instant last, Instant now, double per_second) {
    const auto step = std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(1 / per_second));
    return std::max(last + step, now - 100ms);
}

}  // namespace

Result<std::unique_ptr<PointsShop>> PointsShop::open(const Broker& broker, const ShopSetup& setup, PointsBook& book) {
    std::unique_ptr<PointsShop> shop(new PointsShop(setup, book));
    for (const auto& till : setup.tills) {
        auto peer = BusPeer::connect(broker, till, till::MqttVersion::k5, std::string(kTillTopics) + till + "/replies");
        if (!peer) return std::unexpected(peer.error());
        shop->peers_.push_back(std::move(*peer));
    }
    return shop;
}

bool PointsShop::turn(Instant now, bool open) {
    for (const auto& peer : peers_)
        while (auto heard = peer->hear(0ms)) take(Json::parse(heard->payload), now);
    for (auto& [transaction, waiting] : open_) {
        if (waiting.again_at > now) continue;
        ++asked_again_;
        if (random_.below(3) == 0) waiting.till = any_till();
        if (!ask(waiting, now)) return false;
    }
    if (!open) return true;
    for (; next_redemption_ <= now; next_redemption_ = next_after(next_redemption_, now, setup_.redemptions_per_second))
        if (open_.size() < kOpenMax && !begin(now)) return false;
    for (; next_lookup_ <= now; next_lookup_ = next_after(next_lookup_, now, setup_.lookups_per_second))
        if (!look_up(now)) return false;
    return true;
}

void PointsShop::add_to(std::vector<pollfd>& polled) const {
    for (const auto& peer : peers_) polled.push_back(peer->waits_for());
}

bool PointsShop::serve(const std::vector<pollfd>& polled, std::size_t first) {
    for (std::size_t i = 0; i < peers_.size(); ++i)
        if (!peers_[i]->serve(polled[first + i].revents)) return false;
    return true;
}

bool PointsShop::settled(Instant now, Instant lookups_until) const {
    const auto answered = [](const MemberLookup& lookup) { return lookup.answered.has_value(); };
    return open_.empty() && (now >= lookups_until || std::ranges::all_of(lookups_, answered));
}

bool PointsShop::say(std::size_t till, const std::string& topic, const std::string& payload) {
    return peers_[till]->say(std::string(kTillTopics) + setup_.tills[till] + "/" + topic, payload);
}

bool PointsShop::ask(Open& open, Instant now) {
    open.last_request = "p-" + std::to_string(++requests_);
    open.again_at = now + kAskAgain;
    transactions_[open.last_request] = open.what.transaction;
    return say(open.till, "redemptions",
               R"({"request_id":")" + open.last_request + R"(","member_id":")" + open.what.member + R"(","points":)" +
                   std::to_string(open.what.points) + R"(,"transaction_id":")" + open.what.transaction + "\"}");
}

bool PointsShop::begin(Instant now) {
    const auto range = static_cast<std::uint64_t>(setup_.points_max - setup_.points_min + 1);
    const PointsAsked what{.transaction = setup_.store + "-t" + std::to_string(book_.transactions()),
                           .store = setup_.store,
                           .member = member_named(random_.below(static_cast<std::uint64_t>(setup_.members))),
                           .points = setup_.points_min + static_cast<std::int64_t>(random_.below(range))};
    book_.asked(what);
    auto& open = open_[what.transaction];
    open = {.what = what, .last_request = {}, .again_at = {}, .till = any_till()};
    return ask(open, now);
}

bool PointsShop::look_up(Instant now) {
    const auto member = member_named(random_.below(static_cast<std::uint64_t>(setup_.members)));
    const auto request = "l-" + member + "-" + std::to_string(++requests_);
    auto how = how_to_find(member, random_.below(4));
    asked_lookups_[request] = lookups_.size();
    lookups_.push_back({.how = how, .asked = now, .answered = {}, .answer = {}});
    return say(any_till(), "lookups/members", R"({"request_id":")" + request + R"(",)" + how + "}");
}

void PointsShop::take(const Json& answer, Instant now) {
    const auto request = answer["request_id"].text();
    if (answer["reply_to"].text() == "redemption") return take_redemption(answer, now);
    const auto known = asked_lookups_.find(request);
    if (known == asked_lookups_.end() || answer["deferred"].is_true()) return;
    auto& lookup = lookups_[known->second];
    lookup.answered = now;
    lookup.right =
        answer["outcome"].text() == "found" && request.starts_with("l-" + answer["record"]["member_id"].text() + "-");
    if (!lookup.right) lookup.answer = answer.dump();
}

void PointsShop::take_redemption(const Json& answer, Instant now) {
    const auto known = transactions_.find(answer["request_id"].text());
    if (known == transactions_.end()) return;
    const auto& transaction = known->second;
    const auto open = open_.find(transaction);
    const auto outcome = answer["outcome"].text();
    if (outcome == "approved") {
        book_.told_approved(transaction, answer["redemption_id"].text());
        if (open != open_.end()) open_.erase(open);
    } else if (outcome == "declined") {
        if (open != open_.end() && open->second.last_request != known->first) return;
        book_.told_declined(transaction);
        if (open != open_.end()) open_.erase(open);
    } else if (open != open_.end()) {
        open->second.again_at = now + std::max(100ms, std::chrono::milliseconds(answer["retry_after_ms"].number()));
    }
}

}  // namespace tillkeeper::lab
