#include "tests/e2e/shared_balance.h"

#include <algorithm>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/collections.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);
constexpr const char* kSecond = "0043";
constexpr const char* kMembers[] = {"M00000001", "M00000002"};  // the first one's store, the second one's
constexpr const char* kCards[] = {"2900000000001", "2900000000002"};
constexpr const char* kPhones[] = {"0171 00000001", "0171 00000002"};
constexpr const char* kEmails[] = {"m00000001@example.com", "m00000002@example.com"};

std::string collections(const Cloud& cloud, const std::string& store) {
    return collections_of(cloud, {.store = store});
}

bool has_everything(const Agent& agent) {
    const auto page = agent.status();
    if (!page) return false;
    const auto destinations = (*page)["destinations"].items();
    return !destinations.empty() &&
           std::ranges::all_of(destinations, [](const Json& one) { return one["behind"].number() == 0; });
}

}  // namespace

std::string SharedBalance::prepare(Cloud& cloud) {
    auto& control = cloud.control();
    const auto half = std::to_string(kBalance / 2);
    std::string members;
    for (int i = 0; i < 2; ++i)
        members += (i > 0 ? "," : "") + (R"({"member_id":")" + std::string(kMembers[i])) + R"(","card_barcode":")" +
                   kCards[i] + R"(","phone":"+49 171 )" + std::string(kPhones[i]).substr(5) + R"(","email":")" +
                   kEmails[i] + R"(","points":)" + half + "}";
    const auto lease = [](const char* store) {
        return R"({"store":")" + std::string(store) + R"(","pool":"family","amount":)" + std::to_string(kLease) + "}";
    };
    // Where one of these fails the stores never know the family, and open() says so.
    static_cast<void>(
        control.tell("/collections", R"({"collection":"members","generate":100,"set":[)" + members + "]}"));
    static_cast<void>(control.tell("/loyalty/pools", R"({"pool":"family","members":["M00000001","M00000002"]})"));
    for (const char* store : {"0042", kSecond}) static_cast<void>(control.tell("/loyalty/leases", lease(store)));
    return collections(cloud, "0042");
}

Result<std::unique_ptr<SharedBalance>> SharedBalance::open(Lab& first, const std::string& till) {
    StoreSetup setup{.tills = {till}, .clock_set = true};
    setup.agent.store_id = kSecond;
    setup.agent.more = collections(first.cloud(), kSecond);
    auto second = Store::open(first.folder().path() / kSecond, first.cloud(), std::move(setup));
    if (!second) return std::unexpected(second.error());
    std::unique_ptr<SharedBalance> shared(new SharedBalance(first, std::move(*second), till));
    if (auto waited = shared->wait_for_copies(); !waited) return std::unexpected(waited.error());
    return shared;
}

Result<void> SharedBalance::wait_for_copies() {
    const auto known = [&](int store, const std::string& collection, const std::string& how) {
        const auto answer = ask(store, "lookups/" + collection, how);
        return answer && (*answer)["outcome"].text() == "found";
    };
    for (const int store : {0, 1}) {
        const auto all = [&] {
            return known(store, "members", R"("key":")" + std::string(kMembers[store]) + '"') &&
                   known(store, "leases", R"("by":{"pool":"family"})") &&
                   known(store, "lease_keys", R"("key":"loyalty-1")");
        };
        if (!wait_until(all, kPatience, std::chrono::milliseconds(50), [] {}))
            return fail(ErrorCode::kUnavailable, "a store does not come to know its members");
    }
    return {};
}

// A connection for each question: the broker may have been killed since the last one.
Result<Json> SharedBalance::ask(int store, const std::string& topic, const std::string& members) {
    const Broker& broker = store == 0 ? first_.broker() : second_.broker();
    const auto own = std::string(kTillTopics) + till_ + "/";
    auto peer = BusPeer::connect(broker, till_, till::MqttVersion::k5, own + "replies");
    if (!peer) return std::unexpected(peer.error());
    const auto request = "demo-" + std::to_string(++asked_);
    if (!(*peer)->say(own + topic, R"({"request_id":")" + request + R"(",)" + members + "}"))
        return fail(ErrorCode::kUnavailable, "the bus is lost");
    while (auto heard = (*peer)->hear(kPatience)) {
        auto answer = Json::parse(heard->payload);
        if (answer["request_id"].text() == request) return answer;
    }
    return fail(ErrorCode::kUnavailable, "a store does not answer");
}

Result<std::string> SharedBalance::look_up() {
    bool live = false;
    bool mirror = false;
    for (const int store : {0, 1})
        for (const auto& [field, value] :
             {std::pair{"card_barcode", kCards[store]}, {"phone", kPhones[store]}, {"email", kEmails[store]}}) {
            auto answer = ask(store, "lookups/members",
                              R"("by":{")" + std::string(field) + R"(":")" + std::string(value) + "\"}");
            if (!answer) return std::unexpected(answer.error());
            if ((*answer)["record"]["member_id"].text() != kMembers[store])
                return fail(ErrorCode::kNotFound, "no member by " + std::string(field) + ": " + answer->dump());
            live = live || (*answer)["source"].text() == "live";
            mirror = mirror || (*answer)["source"].text() == "mirror";
        }
    return std::string(live && mirror ? "live and mirror" : live ? "live" : "mirror");
}

Result<bool> SharedBalance::redeem(int store, std::int64_t points) {
    const auto transaction = "family-" + std::to_string(store) + "-" + std::to_string(asked_);
    const auto answer = ask(store, "redemptions",
                            R"("member_id":")" + std::string(kMembers[store]) + R"(","points":)" +
                                std::to_string(points) + R"(,"transaction_id":")" + transaction + '"');
    if (!answer) return std::unexpected(answer.error());
    const auto outcome = (*answer)["outcome"].text();
    if (outcome != "approved" && outcome != "declined") return fail(ErrorCode::kUnavailable, answer->dump());
    if (outcome == "declined") return false;
    spent_ += points;
    ++approved_;
    return true;
}

Result<void> SharedBalance::spend(std::int64_t points) {
    for (const int store : {0, 1}) {
        const auto approved = redeem(store, points);
        if (!approved) return std::unexpected(approved.error());
        if (!*approved) return fail(ErrorCode::kInvalid, "points that are there were declined");
    }
    return {};
}

Result<void> SharedBalance::spend_the_rest(std::int64_t points_each) {
    for (const int store : {0, 1})
        for (bool more = true; more;) {
            const auto approved = redeem(store, points_each);
            if (!approved) return std::unexpected(approved.error());
            more = *approved;
        }
    return {};
}

bool SharedBalance::caught_up() const {
    return has_everything(first_.agent()) && has_everything(second_.agent());
}

}  // namespace tillkeeper::lab
