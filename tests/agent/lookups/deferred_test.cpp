// What nobody could answer: kept, answered when somebody can, and the sales get their members.
#include <gmock/gmock.h>

#include <algorithm>

#include "agent/lookups/deferred_lookups.h"
#include "tests/agent/lookups/lookup_store.h"

namespace tillkeeper::agent {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kByCard = R"({"request_id":"r-1","by":{"card":"2600017850"}})";
const std::string kGold = R"({"member_id":"17850","card":"2600017850","points":1240})";

class DeferredTest : public testing::Test {
  protected:
    DeferredTest() {
        live_.add(store_.configs[0], store_.cloud);
        restart();
    }
    ~DeferredTest() override {
        store_.desk.reset();
        deferred_.reset();
    }

    // As after a crash: what is in the files is there.
    void restart() {
        store_.desk.reset();
        deferred_ = std::make_unique<DeferredLookups>(
            store_.configs, DeferredParts{store_.mirrors, store_.mirror_reader, *store_.reader, *writer_, store_.loop,
                                          store_.loop, store_.clock, store_.device, store_.mqtt, live_});
        store_.desk = std::make_unique<LookupDesk>(
            store_.configs, LookupParts{store_.mqtt, store_.loop, store_.clock, store_.mirror_reader, *store_.reader,
                                        store_.destinations, live_, *deferred_});
    }
    void ask_unknown(const std::string& request = kByCard) {
        EXPECT_THAT(store_.ask("members", request), HasSubstr(R"("outcome":"unknown")"));
        store_.mqtt.published.clear();
    }
    void found(const std::string& body = kGold) {
        ASSERT_FALSE(store_.cloud.questions.empty());
        store_.cloud.answer({.outcome = sync::LiveAnswer::Outcome::kFound, .key = "17850", .body = body});
        store_.loop.run_until_idle();
    }
    void look_again() {
        deferred_->pulled();
        store_.loop.run_until_idle();
    }
    [[nodiscard]] std::vector<storage::DeferredLookup> kept() { return store_.mirrors.deferred(0, 100).value(); }
    [[nodiscard]] std::vector<storage::Entry> attached_to(const std::string& sale) {
        auto entries = store_.reader->referring_to(sale, 10).value();
        std::erase_if(entries, [](const auto& entry) { return entry.type != "member_attached"; });
        return entries;
    }
    [[nodiscard]] std::vector<std::string> told() const {
        std::vector<std::string> payloads;
        for (const auto& message : store_.mqtt.published) payloads.push_back(message.payload);
        return payloads;
    }

    LookupStore store_;
    std::unique_ptr<storage::Writer> writer_ = storage::Writer::make(*store_.journal, store_.loop, store_.clock, {});
    LiveSources live_{{store_.loop, store_.loop, store_.clock, store_.mirrors, [](const auto&) { return 0; },
                       [this] { deferred_->network_back(); }}};
    std::unique_ptr<DeferredLookups> deferred_;
};

// [agent-16]
TEST_F(DeferredTest, IsAnsweredByTheCloudWhenItIsBack) {
    store_.say("till-1", "members", kByCard, "tillkeeper/v1/tills/till-1/desk", "c-1");
    store_.loop.run_until_idle();
    store_.mqtt.published.clear();
    ASSERT_THAT(kept(), SizeIs(1));
    deferred_->network_back();
    store_.loop.run_until_idle();
    EXPECT_THAT(told(), IsEmpty());
    store_.cloud.there = true;
    look_again();
    found();
    EXPECT_THAT(told(),
                ElementsAre(R"({"reply_to":"lookup","request_id":"r-1","collection":"members","outcome":"found",)"
                            R"("source":"live","as_of":"2026-11-20T10:00:00Z","stale":false,"deferred":true,)"
                            R"("record":)" +
                            kGold + "}"));
    EXPECT_EQ(store_.mqtt.published[0].topic, "tillkeeper/v1/tills/till-1/desk");
    EXPECT_EQ(store_.mqtt.published[0].correlation_data, "c-1");
    EXPECT_THAT(kept(), IsEmpty());
    EXPECT_TRUE(store_.mirrors.visible("members").contains("17850"));  // and the copy has it
}

// [agent-16]
TEST_F(DeferredTest, IsAnsweredByANewerCopy) {
    ask_unknown();
    ask_unknown(R"({"request_id":"r-2","key":"1"})");
    store_.pull("members", {LookupStore::row("members", "17850", kGold)});
    look_again();
    EXPECT_THAT(told(), ElementsAre(AllOf(HasSubstr("r-1"), HasSubstr(R"("outcome":"found","source":"mirror")")),
                                    AllOf(HasSubstr("r-2"), HasSubstr(R"("outcome":"not_found","source":"mirror")"))));
    EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(DeferredTest, WhatStaysUnknownIsKept) {
    ask_unknown();
    store_.cloud.there = true;
    look_again();
    ASSERT_THAT(store_.cloud.questions, SizeIs(1));
    store_.cloud.answer({.outcome = sync::LiveAnswer::Outcome::kNoAnswer, .cause = "deadline"});
    store_.loop.run_until_idle();
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_THAT(kept(), SizeIs(1));
    // A till's own question tells that the cloud is back.
    store_.say("till-2", "members", R"({"request_id":"r-9","key":"17850"})");
    store_.loop.run_until_idle();
    found();
    store_.loop.advance(seconds(11));
    found();
    EXPECT_THAT(told(), ElementsAre(HasSubstr("r-9"), AllOf(HasSubstr("r-1"), HasSubstr("deferred"))));
    EXPECT_THAT(kept(), IsEmpty());
    EXPECT_TRUE(store_.cloud.questions.empty());
}

// [agent-16] A box that boots without the time keeps questions too, and does not give them up when it learns it.
TEST_F(DeferredTest, IsNotGivenUpBecauseTheClockWasSet) {
    const auto right = store_.clock.wall();
    store_.clock.set_wall(WallTime(std::chrono::hours(1)));
    store_.device.trusted = false;
    ask_unknown();
    store_.clock.set_wall(right);
    store_.device.trusted = true;
    look_again();
    EXPECT_THAT(kept(), SizeIs(1));
    store_.pull("members", {LookupStore::row("members", "17850", kGold)});
    look_again();
    EXPECT_THAT(told(), ElementsAre(HasSubstr(R"("deferred":true)")));
}

// [agent-16]
TEST_F(DeferredTest, IsKeptWhileTheBusIsAway) {
    ask_unknown();
    store_.pull("members", {LookupStore::row("members", "17850", kGold)});
    store_.mqtt.disconnect();
    look_again();
    EXPECT_THAT(kept(), SizeIs(1));
    store_.mqtt.connect();
    store_.loop.advance(seconds(5));
    EXPECT_THAT(told(), SizeIs(1));
    EXPECT_THAT(kept(), IsEmpty());
}

// [agent-16] What cannot be journalled now is not forgotten.
TEST_F(DeferredTest, IsNotSettledBeforeTheMemberIsAttached) {
    ask_unknown();
    store_.sell("sale", "s-1", R"(,"member_id":"2600017850")");
    store_.pull("members", {LookupStore::row("members", "17850", kGold)});
    store_.desk.reset();
    deferred_.reset();
    writer_ = storage::Writer::make(*store_.journal, store_.loop, store_.clock, {.waiting_max = 0});
    restart();
    look_again();
    EXPECT_THAT(told(), SizeIs(1));
    EXPECT_THAT(kept(), SizeIs(1));
    store_.desk.reset();
    deferred_.reset();
    writer_ = storage::Writer::make(*store_.journal, store_.loop, store_.clock, {});
    restart();
    look_again();
    EXPECT_THAT(told(), SizeIs(2));
    EXPECT_THAT(kept(), IsEmpty());
    EXPECT_THAT(attached_to("s-1"), SizeIs(1));
}

// [agent-16]
TEST_F(DeferredTest, TheMemberIsAttachedToTheSalesThatNamedTheCard) {
    store_.sell("sale", "before", R"(,"member_id":"2600017850")");
    ask_unknown();
    store_.sell("sale", "s-1", R"(,"member_id":"2600-017850","total":0)");
    store_.sell("sale", "s-2", R"(,"member_card":"2600017850")");
    store_.sell("sale", "other", R"(,"member_id":"2600017851")");
    store_.sell("sale", "known", R"(,"member_id":"17850")");
    store_.sell("sale", "nobody");
    store_.pull("members", {LookupStore::row("members", "17850", kGold)});
    look_again();
    EXPECT_THAT(kept(), IsEmpty());
    for (const char* sale : {"s-1", "s-2"}) {
        const auto events = attached_to(sale);
        ASSERT_THAT(events, SizeIs(1)) << sale;
        EXPECT_EQ(events[0].till, "till-1");
        EXPECT_EQ(events[0].kind, storage::EntryKind::kTransaction);
        EXPECT_EQ(events[0].body, R"({"id":")" + events[0].transaction_id +
                                      R"(","type":"member_attached","occurred_at":"2026-11-20T10:00:00.000Z",)"
                                      R"("refers_to":")" +
                                      sale + R"(","member_id":"17850"})");
    }
    for (const char* sale : {"before", "other", "known", "nobody"}) EXPECT_THAT(attached_to(sale), IsEmpty()) << sale;
}

// [agent-16] A second look-up of the card, or a crash in between, attaches nothing twice.
TEST_F(DeferredTest, AMemberIsAttachedOnce) {
    ask_unknown();
    ask_unknown(R"({"request_id":"r-2","by":{"card":"2600 017850"}})");
    for (int i = 0; i < 450; ++i) store_.sell("sale", "s-" + std::to_string(i));
    store_.sell("sale", "s-1000", R"(,"member_id":"2600017850")");
    store_.pull("members", {LookupStore::row("members", "17850", kGold)});
    const auto both = kept();
    look_again();
    store_.clock.advance(hours(1));
    for (const auto& lookup : both) ASSERT_TRUE(store_.mirrors.defer(lookup));  // as if it had not been settled
    restart();
    look_again();
    EXPECT_THAT(told(), SizeIs(4));
    EXPECT_THAT(kept(), IsEmpty());
    const auto events = attached_to("s-1000");
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_THAT(store_.reader->find(events[0].transaction_id, 10).value(), SizeIs(1));
}

TEST_F(DeferredTest, AFamilysTelephoneAttachesNobody) {
    ask_unknown(R"({"request_id":"r-1","by":{"phone":"0170 1234567"}})");
    store_.sell("sale", "s-1", R"(,"member_id":"0170 1234567")");
    store_.pull("members", {LookupStore::row("members", "1", R"({"member_id":"1","phone":"0170 1234567"})"),
                            LookupStore::row("members", "2", R"({"member_id":"2","phone":"0170 1234567"})")});
    look_again();
    EXPECT_THAT(told(), ElementsAre(HasSubstr(R"("records":[)")));
    EXPECT_THAT(attached_to("s-1"), IsEmpty());
}

TEST_F(DeferredTest, ManyAreAnsweredInTheirOrder) {
    std::vector<storage::MirrorRow> rows;
    for (int i = 100; i < 230; ++i) {
        ask_unknown(R"({"request_id":"r-)" + std::to_string(i) + R"(","key":")" + std::to_string(i) + "\"}");
        rows.push_back(LookupStore::row("members", std::to_string(i), "{}"));
    }
    store_.pull("members", rows);
    look_again();
    ASSERT_THAT(told(), SizeIs(130));
    EXPECT_TRUE(std::ranges::is_sorted(told()));
    EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(DeferredTest, WhatIsTooOldOrCannotBeReadIsGivenUp) {
    ask_unknown();
    for (const char* collection : {"gone", "members"})
        ASSERT_TRUE(store_.mirrors.defer(
            {.till = "t", .collection = collection, .request = "{", .since = store_.clock.wall()}));
    store_.clock.advance(hours(24 * 31));
    look_again();
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(DeferredTest, IsNotKeptWhereTheDiskIsFull) {
    store_.mirrors.broken = ErrorCode::kStorageFull;
    EXPECT_THAT(store_.ask("members", kByCard), HasSubstr(R"("problem":"storage_full")"));
    store_.mirrors.broken = ErrorCode::kLimit;
    EXPECT_THAT(store_.ask("members", kByCard), HasSubstr(R"("problem":"busy")"));
    EXPECT_THAT(kept(), IsEmpty());
}

}  // namespace
}  // namespace tillkeeper::agent
