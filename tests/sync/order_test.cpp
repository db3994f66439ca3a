// The order of a till when a service takes single ones of a batch and says `again` to others.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sync/lane.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using storage::JournalNumber;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string item_answers(const std::vector<std::string>& ids, const std::set<std::string>& again) {
    std::string items;
    for (const auto& id : ids)
        items += (items.empty() ? "" : ",") + (R"({"id":")" + id + R"(","outcome":")") +
                 (again.contains(id) ? "again" : "delivered") + "\"}";
    return "{\"items\":[" + items + "]}";
}

TEST_F(DestinationWorld, nothing_later_of_a_till_is_sent_before_what_was_answered_again) {  // [sync-4]
    for (const auto* id : {"s1", "s2", "s3", "s4", "s5"}) sell(id, "t1");
    std::vector<std::vector<std::string>> requests;
    std::set<std::string> again = {"s2", "s4"};
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        requests.push_back(got.ids);
        return fakes::http_answer(200, item_answers(got.ids, again));
    };
    auto& erp = open();
    run(kSecond);
    for (const auto* id : {"s6", "s7"}) sell(id, "t1");
    sell("x1", "t2");
    erp.wake();
    run(600 * kSecond);
    ASSERT_GT(requests.size(), 3U);
    EXPECT_THAT(requests[0], ElementsAre("s1", "s2", "s3", "s4", "s5"));
    for (std::size_t i = 1; i < requests.size(); ++i)
        for (const auto& id : requests[i])
            EXPECT_TRUE(id == "s2" || id == "x1") << id << " was sent before s2 was taken";
    EXPECT_TRUE(std::ranges::any_of(requests, [](const auto& ids) { return ids.back() == "x1"; }))
        << "another till waits for nobody";
    EXPECT_EQ(journal.cursor("erp"), 1);

    requests.clear();
    again.clear();
    run(600 * kSecond);
    EXPECT_THAT(requests, ElementsAre(ElementsAre("s2"), ElementsAre("s4"), ElementsAre("s6", "s7")));
    EXPECT_EQ(journal.cursor("erp"), 8);
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
}

// A service that answers as it likes, item by item, batch by batch.
class Whimsical {
  public:
    explicit Whimsical(std::uint64_t seed) : random_(seed) {}

    // What it says to each of the batch; empty: to the batch as a whole.
    std::vector<ItemAnswer> answer(const std::vector<storage::Entry>& batch, Answer& whole) {
        expect_order(batch);
        whole = {.kind = AnswerKind::kDelivered};
        if (random_.below(4) == 0) {
            whole = {.kind = AnswerKind::kAgain, .reason = "HTTP 503"};
            return {};
        }
        std::vector<ItemAnswer> items;
        for (std::size_t i = 0; i < batch.size(); ++i)
            items.push_back({random_.below(3) != 0 ? AnswerKind::kDelivered : AnswerKind::kAgain, ""});
        const bool some_taken = std::ranges::count(items, AnswerKind::kDelivered, &ItemAnswer::kind) > 0;
        for (std::size_t i = 0; i < batch.size() && some_taken; ++i)
            if (items[i].kind == AnswerKind::kDelivered)
                waits_[batch[i].till].erase(batch[i].number);
            else
                waits_[batch[i].till].insert(batch[i].number);
        return items;
    }
    [[nodiscard]] bool in_order() const { return in_order_; }
    fakes::SeededRandom& random() { return random_; }

  private:
    // Whoever was told `again` while others of its batch were taken comes before everything later of its till.
    void expect_order(const std::vector<storage::Entry>& batch) {
        for (const auto& entry : batch) {
            const auto& waits = waits_[entry.till];
            if (!waits.empty() && entry.number > *waits.begin()) in_order_ = false;
        }
    }
    fakes::SeededRandom random_;
    std::map<std::string, std::set<JournalNumber>> waits_;
    bool in_order_ = true;
};

RC_GTEST_PROP(Lane, again_for_single_ones_never_lets_a_later_batch_overtake, (std::uint64_t seed)) {  // [sync-4]
    Whimsical service(seed);
    const auto tills = 1 + service.random().below(4);
    Lane lane({.items_max = 1 + service.random().below(12)});
    std::vector<storage::Entry> entries;
    for (JournalNumber number = 1; number <= 40; ++number) {
        auto& made = entries.emplace_back();
        made.number = number;
        made.till = "t" + std::to_string(service.random().below(tills));
        made.body = "{}";
    }
    for (const auto& entry : entries) lane.add(entry);
    const Gate gate = [](const auto&) { return Clearance{}; };
    Evidence evidence;
    MonotonicTime now{};
    std::set<JournalNumber> open;
    for (const auto& entry : entries) open.insert(entry.number);
    for (int requests = 0; !open.empty(); ++requests) {
        RC_ASSERT(requests < 10000);
        std::vector<Settled> settled;
        const auto batch = lane.take(now, gate, settled);
        if (batch.empty()) {
            now = lane.next_try(now);
            RC_ASSERT(now != MonotonicTime::max());
            continue;
        }
        Answer whole;
        const auto items = service.answer(batch, whole);
        lane.finish(whole, items, now, service.random(), evidence, settled);
        for (const auto& item : settled) open.erase(item.entry.number);
        // An outage in between: everything is let go and read again.
        if (service.random().below(8) == 0 && lane.forget())
            for (const auto& entry : entries)
                if (open.contains(entry.number)) lane.add(entry);
    }
    RC_ASSERT(service.in_order());
    RC_ASSERT(lane.empty());
}

}  // namespace
}  // namespace tillkeeper::sync
