// Two real stores and one loyalty engine, cut apart at random: members spend shared balances at many tills of both, the
// network goes, agents are killed, the cloud is slow, or answers in garbage, or with yesterday's cursor. Judged from
// outside: what tills were told against what the engine booked.
//
// TILLKEEPER_STORES_SEED chooses another day, TILLKEEPER_STORES_ROUNDS a longer one.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "tests/e2e/collections.h"
#include "tests/e2e/points_shop.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/store.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

constexpr auto kPatience = 60s;
constexpr auto kLookupMax = 10s;  // of an agent that is there; its deadline is 300 ms
constexpr int kMembers = 30;
constexpr int kPools = 4;  // of two members each, the first ones
constexpr std::int64_t kOpening = 40'000;
const std::vector<std::string> kStores{"0042", "0043"};
const std::vector<std::string> kTills{"till-1", "till-2", "till-3", "till-4"};

std::uint64_t number_from(const char* variable, std::uint64_t usual) {
    const char* text = std::getenv(variable);
    return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

std::string member(int place) {
    return "M000000" + std::string(place < 10 ? "0" : "") + std::to_string(place);
}

// While an agent is away its answers may be missing.
struct Absence {
    std::size_t store;
    Instant from;
    Instant to;
};

enum class Deed {
    kUnheardFirst,
    kUnheardSecond,
    kCutFirst,
    kCutSecond,
    kKillFirst,
    kKillSecond,
    kSlow,
    kGarbage,
    kYesterday,
    kLoseAnswers,
    kGrant
};

class TwoStores : public ::testing::Test {
  protected:
    void SetUp() override {
        auto folder = Scratch::make("tillkeeper-two-stores");
        ASSERT_TRUE(folder);
        folder_.emplace(std::move(*folder));
        auto cloud = Cloud::start(folder_->path() / "cloud", {.doors = 2});
        ASSERT_TRUE(cloud) << cloud.error().message;
        cloud_.emplace(std::move(*cloud));
        enrol_members();
        EXPECT_TRUE(control().set_fault(R"({"destination":"live","mode":"status","status":500})"));
        for (std::size_t i = 0; i < kStores.size(); ++i) open_store(i);
        EXPECT_TRUE(control().clear_faults());
    }
    void TearDown() override {
        end_selling();
        if (!HasFailure() || !folder_) return;
        folder_->keep();
        std::cerr << "the stores are in " << folder_->path() << '\n';
    }

    cloud::CloudControl& control() { return cloud_->control(); }
    std::string tell(const std::string& path, const std::string& json) {
        const auto told = control().tell(path, json);
        return told ? *told : "";
    }

    void enrol_members() {
        ASSERT_NE(tell("/collections", R"({"collection":"members","generate":30,"seed":7})"), "");
        for (int i = 0; i < kMembers; ++i) {
            const auto digits = member(i).substr(1);
            ASSERT_NE(tell("/collections", R"({"collection":"members","set":[{"member_id":")" + member(i) +
                                               R"(","phone":"+49 171 )" + digits + R"(","email":"m)" + digits +
                                               R"(@example.com","card_barcode":"29000)" + digits + R"(","points":)" +
                                               std::to_string(kOpening) + "}]}"),
                      "");
        }
        for (int i = 0; i < kPools; ++i)
            ASSERT_NE(tell("/loyalty/pools", R"({"pool":"family-)" + std::to_string(i) + R"(","members":[")" +
                                                 member(2 * i) + R"(",")" + member(2 * i + 1) + "\"]}"),
                      "");
    }
    void grant(const std::string& store, int place, std::int64_t amount, std::int64_t seconds) {
        const bool pooled = place < 2 * kPools;
        const std::string whom =
            pooled ? R"("pool":"family-)" + std::to_string(place / 2) : R"("member_id":")" + member(place);
        // More than what is left is not granted.
        const auto granted =
            (tell("/loyalty/leases", R"({"store":")" + store + R"(",)" + whom + R"(","amount":)" +
                                         std::to_string(amount) + R"(,"seconds":)" + std::to_string(seconds) + "}"));
        if (!granted.empty()) last_lease_ = Json::parse(granted)["jti"].text();
    }
    void open_store(std::size_t i) {
        for (int place = 0; place < kMembers; ++place) grant(kStores[i], place, 4000, 3600);
        StoreSetup setup{.tills = kTills, .door = static_cast<int>(i), .clock_set = true};
        setup.agent.store_id = kStores[i];
        setup.agent.more = collections_of(*cloud_, {.store = kStores[i], .door = static_cast<int>(i)});
        auto store = Store::open(folder_->path() / kStores[i], *cloud_, std::move(setup));
        ASSERT_TRUE(store) << store.error().message;
        stores_.push_back(std::move(*store));
        wait_for_copies(stores_.back().broker());
        auto shop = PointsShop::open(stores_.back().broker(),
                                     {.store = kStores[i],
                                      .tills = kTills,
                                      .members = kMembers,
                                      .redemptions_per_second = 160,
                                      .lookups_per_second = 16,
                                      .points_min = 50,
                                      .points_max = 1200,
                                      .seed = seed_ + i},
                                     book_);
        ASSERT_TRUE(shop) << shop.error().message;
        shops_.push_back(std::move(*shop));
    }
    // Every member and lease is in the copy.
    void wait_for_copies(Broker& broker) {
        auto till =
            BusPeer::connect(broker, "till-1", till::MqttVersion::k5, std::string(kTillTopics) + "till-1/replies");
        ASSERT_TRUE(till) << till.error().message;
        const auto copied = [&](const std::string& collection, const std::string& key) {
            EXPECT_TRUE((*till)->say(std::string(kTillTopics) + "till-1/lookups/" + collection,
                                     R"({"request_id":"copied","key":")" + key + "\"}"));
            const auto heard = (*till)->hear(kPatience);
            return heard && Json::parse(heard->payload)["outcome"].text() == "found";
        };
        for (const auto& [collection, key] : {std::pair{"members", member(kMembers - 1)},
                                              {"leases", last_lease_},
                                              {"lease_keys", std::string("loyalty-1")}})
            EXPECT_TRUE(wait_until([&] { return copied(collection, key); }, kPatience)) << collection;
    }

    // The tills, on a thread of their own; the main one does harm.
    void begin_selling() {
        selling_ = true;
        tills_ = std::thread([this] {
            Instant closed = Instant::max();
            while (turn(closed))
                if (closed == Instant::max() && !selling_) closed = std::chrono::steady_clock::now();
        });
    }
    // `closed`: when the stores closed, if they did. False: nothing is left to do, or a till lost its bus.
    bool turn(Instant closed) {
        std::vector<pollfd> polled;
        for (const auto& shop : shops_) shop->add_to(polled);
        ::poll(polled.data(), polled.size(), 2);
        const auto now = std::chrono::steady_clock::now();
        std::size_t first = 0;
        bool settled = closed != Instant::max();
        for (const auto& shop : shops_) {
            lost_bus_ = lost_bus_ || !shop->serve(polled, first) || !shop->turn(now, selling_);
            first += kTills.size();
            settled = settled && shop->settled(now, closed + kLookupMax);
        }
        return !settled && !lost_bus_ && (closed == Instant::max() || now < closed + kPatience);
    }
    void end_selling() {
        selling_ = false;
        if (tills_.joinable()) tills_.join();
    }

    void pass(std::chrono::milliseconds time) {
        const auto end = std::chrono::steady_clock::now() + time;
        for (auto now = std::chrono::steady_clock::now(); now < end; now = std::chrono::steady_clock::now()) {
            const auto next = ends_.begin();
            const auto until = next == ends_.end() ? end : std::min(end, next->first);
            static_cast<void>(wait_until([&] { return std::chrono::steady_clock::now() >= until; }, kPatience));
            while (!ends_.empty() && ends_.begin()->first <= std::chrono::steady_clock::now()) {
                ends_.begin()->second();
                ends_.erase(ends_.begin());
            }
        }
    }
    std::chrono::milliseconds some(std::uint64_t min_ms, std::uint64_t max_ms) {
        return std::chrono::milliseconds(min_ms + random_.below(max_ms - min_ms));
    }
    void later(std::chrono::milliseconds time, std::function<void()> what) {
        ends_.emplace(std::chrono::steady_clock::now() + time, std::move(what));
    }

    void cut(int door) {
        EXPECT_TRUE(control().set_door(door, false));
        later(some(500, 2500), [this, door] { EXPECT_TRUE(control().set_door(door, true)); });
    }
    void kill(std::size_t i) {
        const auto from = std::chrono::steady_clock::now();
        stores_[i].agent().kill();
        pass(some(1, 600));
        const auto started = stores_[i].agent().start();
        EXPECT_TRUE(started) << started.error().message;
        absences_.push_back({i, from, std::chrono::steady_clock::now()});
    }
    // The engine books, the agent dies before it hears of it, and comes back without network.
    void kill_unheard(std::size_t i) {
        EXPECT_TRUE(control().set_fault(R"({"destination":"loyalty","mode":"slow","delay_ms":5000})"));
        pass(some(100, 700));
        cut(static_cast<int>(i));
        kill(i);
        EXPECT_TRUE(control().clear_faults());
    }
    // One at a time: what ends one ends all.
    void weather(const std::string& fault, std::chrono::milliseconds time) {
        EXPECT_TRUE(control().set_fault(R"({"destination":"*",)" + fault + "}"));
        pass(time);
        EXPECT_TRUE(control().clear_faults());
    }
    void lag_cursors(int changes) {
        const std::string lag = R"(","cursor_lag":)" + std::to_string(changes) + "}";
        EXPECT_NE(tell("/collections", R"({"collection":"members)" + lag), "");
        for (const auto& store : kStores) EXPECT_NE(tell("/collections", R"({"leases_of":")" + store + lag), "");
    }
    void grant_some() {
        for (int i = 0; i < 6; ++i)
            grant(kStores[random_.below(2)], static_cast<int>(random_.below(kMembers)),
                  500 + static_cast<std::int64_t>(random_.below(4000)),
                  random_.below(2) == 0 ? 3600 : 3 + static_cast<std::int64_t>(random_.below(9)));
    }
    void act(Deed deed) {
        switch (deed) {
            case Deed::kUnheardFirst:
                return kill_unheard(0);
            case Deed::kUnheardSecond:
                return kill_unheard(1);
            case Deed::kCutFirst:
                return cut(0);
            case Deed::kCutSecond:
                return cut(1);
            case Deed::kKillFirst:
                return kill(0);
            case Deed::kKillSecond:
                return kill(1);
            case Deed::kSlow:
                return weather(R"("mode":"slow","delay_ms":5000)", 2500ms);
            case Deed::kGarbage:
                return weather(R"("mode":"garbage")", 1500ms);
            case Deed::kLoseAnswers:
                return weather(R"("mode":"lose_answer","probability":0.3)", 1500ms);
            case Deed::kYesterday:
                lag_cursors(1000);
                return later(2s, [this] { lag_cursors(0); });
            case Deed::kGrant:
                return grant_some();
        }
    }
    // A day: every deed some times, in an order that follows from the seed.
    void live_a_day() {
        using enum Deed;
        std::vector<Deed> deeds{kUnheardFirst, kUnheardSecond, kUnheardFirst, kUnheardSecond, kCutFirst,    kCutFirst,
                                kCutFirst,     kCutSecond,     kCutSecond,    kCutSecond,     kKillFirst,   kKillFirst,
                                kKillSecond,   kKillSecond,    kSlow,         kGarbage,       kLoseAnswers, kYesterday,
                                kGrant,        kGrant,         kGrant,        kGrant,         kGrant};
        for (std::size_t i = deeds.size(); i > 1; --i) std::swap(deeds[i - 1], deeds[random_.below(i)]);
        for (const Deed deed : deeds) {
            act(deed);
            pass(some(200, 800));
        }
    }
    void heal() {
        pass(3s);  // whatever was to end by itself
        EXPECT_TRUE(control().clear_faults());
        for (const int door : {0, 1}) EXPECT_TRUE(control().set_door(door, true));
    }

    EngineBooks engine() {
        const auto bookings = control().ask("/loyalty/bookings");
        const auto leases = control().ask("/loyalty/leases");
        const auto totals = control().loyalty_totals();
        if (!bookings || !leases || !totals) return {};
        return read_engine(*bookings, *leases, *totals);
    }
    // The CRM has everything that both stores have for it.
    bool delivered() {
        return std::ranges::all_of(stores_, [](const Store& store) {
            const auto page = store.agent().status();
            const auto& crm = *page;
            return page && crm["destinations"]["crm"].exists() && crm["destinations"]["crm"]["behind"].number() == 0;
        });
    }
    bool excused(std::size_t store, const MemberLookup& lookup) const {
        return std::ranges::any_of(absences_, [&](const Absence& away) {
            return away.store == store && lookup.asked <= away.to && lookup.asked + kLookupMax >= away.from;
        });
    }
    void judge_lookups() {
        for (std::size_t i = 0; i < shops_.size(); ++i) {
            std::size_t excused_ones = 0;
            for (const auto& lookup : shops_[i]->lookups()) {
                const bool in_time = lookup.answered && *lookup.answered - lookup.asked <= kLookupMax;
                if (!lookup.answered && excused(i, lookup)) ++excused_ones;
                EXPECT_TRUE(in_time || excused(i, lookup)) << kStores[i] << " left unanswered: " << lookup.how;
                EXPECT_TRUE(!lookup.answered || lookup.right) << lookup.how << " -> " << lookup.answer;
            }
            EXPECT_GT(shops_[i]->lookups().size(), 50U);
            std::cout << "store " << kStores[i] << ": " << shops_[i]->lookups().size() << " look-ups, " << excused_ones
                      << " lost with a killed agent; " << shops_[i]->asked_again() << " redemptions asked again\n";
        }
    }
    void tell_figures(const EngineBooks& books) {
        std::cout << book_.transactions() << " redemptions of " << book_.points_asked() << " points asked, "
                  << book_.approved() << " of " << book_.points_approved() << " approved; the engine:";
        for (const auto& [name, value] : books.totals) std::cout << ' ' << name << '=' << value;
        std::cout << std::endl;
    }

    const std::uint64_t seed_ = number_from("TILLKEEPER_STORES_SEED", 5);
    fakes::SeededRandom random_{seed_};
    std::optional<Scratch> folder_;
    std::optional<Cloud> cloud_;
    std::vector<Store> stores_;
    PointsBook book_;  // of the tills' thread, while it runs
    std::vector<std::unique_ptr<PointsShop>> shops_;
    std::thread tills_;
    std::atomic<bool> selling_ = false;
    std::atomic<bool> lost_bus_ = false;
    std::multimap<Instant, std::function<void()>> ends_;
    std::vector<Absence> absences_;
    std::string last_lease_;
};

// [agent-17] [agent-15] [storage-13]
TEST_F(TwoStores, CutApartAtRandomNeverSpendMoreThanThereIs) {
    const auto rounds = number_from("TILLKEEPER_STORES_ROUNDS", 1);
    std::cout << "seed " << seed_ << ", rounds " << rounds << std::endl;
    begin_selling();
    for (std::uint64_t round = 0; round < rounds; ++round) live_a_day();
    heal();
    end_selling();
    ASSERT_FALSE(lost_bus_) << "a till lost its bus";
    EXPECT_TRUE(wait_until([&] { return delivered() && book_.faults(engine()).empty(); }, kPatience, 200ms, [] {}));
    const auto books = engine();
    tell_figures(books);
    const auto faults = book_.faults(books);
    for (std::size_t i = 0; i < std::min<std::size_t>(faults.size(), 20); ++i) ADD_FAILURE() << faults[i];
    judge_lookups();
    EXPECT_GT(book_.points_asked(), kMembers * kOpening) << "there was no strife";
    EXPECT_GT(books.totals.at("spent_leased"), 0);
    EXPECT_GT(books.totals.at("spent_live"), 0);
    EXPECT_EQ(books.totals.at("spent_allowance"), 0) << "no store has one";
    EXPECT_EQ(books.totals.at("leases_overspent"), 0);
    for (int i = 0; i < kMembers; ++i) {
        const auto account = control().ask("/loyalty/account?member=" + member(i));
        ASSERT_TRUE(account);
        EXPECT_GE(Json::parse(*account)["balance"].number(), 0) << *account;
    }

    // The judge itself: one approval that nobody gave.
    book_.asked({"forged", "0042", member(9), 10});
    book_.told_approved("forged", "redeem:forged");
    EXPECT_THAT(book_.faults(books), Contains(HasSubstr("forged was approved, and is not booked")));
}

}  // namespace
}  // namespace tillkeeper::lab
