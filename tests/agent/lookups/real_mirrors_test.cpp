// The same over the mirrors' real file, and its reader.
#include <gmock/gmock.h>

#include "agent/lookups/deferred_lookups.h"
#include "agent/lookups/own_movements.h"
#include "tests/agent/lookups/lookup_store.h"

namespace tillkeeper::agent {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

const std::string kByCard = R"({"request_id":"r-1","by":{"card":"2600017850"}})";
const std::string kGold = R"({"member_id":"17850","card":"2600017850","phone":"0170 1234567","points":1240})";

class RealMirrorsTest : public testing::Test {
  protected:
    RealMirrorsTest() {
        store_.desk.reset();
        open();
    }
    ~RealMirrorsTest() override { close(); }

    void open() {
        const storage::MirrorOptions options{.folder = store_.folder, .key = std::string(32, 'k'), .vfs = ""};
        std::string anew;
        mirrors_ = std::move(storage::Mirrors::open(options, anew).value());
        reader_ = std::move(storage::MirrorReader::open(options).value());
        live_ = std::make_unique<LiveSources>(
            LiveParts{store_.loop, store_.loop, store_.clock, *mirrors_, [](const auto&) { return 0; }});
        live_->add(store_.configs[0], store_.cloud);
        deferred_ = std::make_unique<DeferredLookups>(
            store_.configs, DeferredParts{*mirrors_, *reader_, *store_.reader, *writer_, store_.loop, store_.loop,
                                          store_.clock, store_.device, store_.mqtt, *live_});
        movements_ = std::make_unique<OwnMovements>(
            store_.configs, MovementParts{*store_.reader, *mirrors_, store_.loop, [](const auto&) { return 0; }});
        store_.desk = std::make_unique<LookupDesk>(
            store_.configs, LookupParts{store_.mqtt, store_.loop, store_.clock, *reader_, *store_.reader,
                                        store_.destinations, *live_, *deferred_});
    }
    void close() {
        store_.desk.reset();
        movements_.reset();
        deferred_.reset();
        live_.reset();
        reader_.reset();
        mirrors_.reset();
    }
    void pull(const std::string& collection, const std::vector<storage::MirrorRow>& rows) {
        ASSERT_TRUE(mirrors_->begin(collection, {.full = true, .page = "", .started = store_.clock.wall()}));
        ASSERT_TRUE(mirrors_->apply(collection, rows, ""));
        while (mirrors_->prepare_finish(collection).value()) {
        }
        ASSERT_TRUE(mirrors_->finish(collection, "c", ""));
    }

    LookupStore store_;
    std::unique_ptr<storage::Writer> writer_ = storage::Writer::make(*store_.journal, store_.loop, store_.clock, {});
    std::unique_ptr<storage::Mirrors> mirrors_;
    std::unique_ptr<storage::MirrorReader> reader_;
    std::unique_ptr<LiveSources> live_;
    std::unique_ptr<DeferredLookups> deferred_;
    std::unique_ptr<OwnMovements> movements_;
};

// [agent-15]
TEST_F(RealMirrorsTest, AnswersByKeyFieldAndBeginning) {
    pull("members", {LookupStore::row("members", "17850", kGold)});
    for (const char* ask : {R"("key":"17850")", R"("by":{"card":"2600-017850"})", R"("by":{"phone":"+49170 1234567"})",
                            R"("by":{"phone":"0170*"})"})
        EXPECT_THAT(
            store_.ask("members", std::string(R"({"request_id":"r",)") + ask + "}"),
            AllOf(HasSubstr(R"("outcome":"found","source":"mirror","as_of":"2026-11-20T10:00:00Z")"), HasSubstr(kGold)))
            << ask;
    EXPECT_THAT(store_.ask("members", R"({"request_id":"r","key":"1"})"), HasSubstr(R"("outcome":"not_found")"));
}

// [agent-15] What the cloud said is there when it is away again, as old as it is.
TEST_F(RealMirrorsTest, RemembersWhatTheCloudSaid) {
    pull("members", {LookupStore::row("members", "17850", R"({"member_id":"17850","points":1})")});
    store_.clock.advance(std::chrono::hours(30));
    store_.cloud.there = true;
    store_.say("till-1", "members", kByCard);
    store_.loop.run_until_idle();
    ASSERT_THAT(store_.cloud.questions, SizeIs(1));
    store_.cloud.answer({.outcome = sync::LiveAnswer::Outcome::kFound, .key = "17850", .body = kGold});
    store_.loop.run_until_idle();
    store_.cloud.there = false;
    EXPECT_THAT(
        store_.ask("members", kByCard),
        AllOf(HasSubstr(R"("source":"mirror","as_of":"2026-11-21T16:00:00Z","stale":false)"), HasSubstr(kGold)));
}

// [agent-16]
TEST_F(RealMirrorsTest, KeepsAQuestionOverARestart) {
    EXPECT_THAT(store_.ask("members", kByCard), HasSubstr(R"("outcome":"unknown")"));
    store_.sell("sale", "s-1", R"(,"member_id":"2600017850")");
    close();
    open();
    pull("members", {LookupStore::row("members", "17850", kGold)});
    deferred_->pulled();
    store_.loop.run_until_idle();
    EXPECT_THAT(store_.mqtt.published.back().payload, AllOf(HasSubstr(R"("deferred":true)"), HasSubstr(kGold)));
    EXPECT_THAT(mirrors_->deferred(0, 10).value(), SizeIs(0));
    EXPECT_THAT(store_.reader->referring_to("s-1", 10).value(), SizeIs(1));
}

// [agent-15]
TEST_F(RealMirrorsTest, TakesOffWhatWasSold) {
    pull("stock", {{.key = "A", .body = R"({"sku":"A","quantity":10})"}});
    for (int i = 0; i < 250; ++i)
        store_.sell("sale", "s-" + std::to_string(i), R"(,"lines":[{"sku":"A","quantity":0.01,"amount":1}])");
    movements_->wake();
    store_.loop.run_until_idle();
    EXPECT_THAT(store_.ask("stock", R"({"request_id":"r","key":"A"})"), HasSubstr(R"("quantity":7.5})"));
    close();
    open();
    movements_->wake();
    store_.loop.run_until_idle();
    EXPECT_THAT(store_.ask("stock", R"({"request_id":"r","key":"A"})"), HasSubstr(R"("quantity":7.5})"));
}

}  // namespace
}  // namespace tillkeeper::agent
