// Outages in a real journal. [agent-70]
#include "agent/outages/outage_log.h"

#include <gmock/gmock.h>

#include "agent/contract/json_scan.h"
#include "storage/own_entries.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class OutageLogTest : public testing::Test {
  protected:
    OutageLogTest() { start(); }
    ~OutageLogTest() override { stop(); }

    void start() {
        journal_ = storage::opened(folder_.options());
        reader_ = storage::reading(folder_.options());
        writer_ = storage::Writer::make(*journal_, loop_, clock_, {});
        log_.emplace(OutageParts{*reader_, *writer_, loop_, clock_, device_});
    }
    void stop() {
        log_.reset();
        writer_.reset();
        reader_.reset();
        journal_.reset();
    }
    void be(const std::string& state, Duration time) {
        for (Duration gone{}; gone < time; gone += 1s) {
            StoreState store;
            store.state = state;
            store.cause = state == "offline" ? "no_dns" : "";
            store.last = reader_->bounds()->last;
            log_->look(store);
            loop_.advance(1s);
        }
    }
    void sell(int count) {
        for (int i = 0; i < count; ++i) put(*journal_, storage::sale(storage::uuid(++sold_)));
    }

    storage::Folder folder_;
    fakes::FakeClock clock_;
    fakes::FakeLoop loop_{clock_};
    fakes::FakeDevice device_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::unique_ptr<storage::Writer> writer_;
    std::optional<OutageLog> log_;
    std::uint64_t sold_ = 0;
};

TEST_F(OutageLogTest, CountsWhatWasSoldMeanwhile) {
    sell(3);
    be("online", 10s);
    be("offline", 10s);
    sell(5);
    be("offline", 10s);
    ASSERT_EQ(log_->all().size(), 1U);
    EXPECT_EQ(log_->all()[0].sales, 5) << "its own entry is no sale";
    be("online", kOutagesJoin + 2s);
    sell(2);
    const auto kept = past_outages(*reader_).value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].sales, 5);
    EXPECT_EQ(kept[0].cause, "no_dns");
    EXPECT_EQ(kept[0].from, log_->all()[0].from);
    EXPECT_EQ(kept[0].until, log_->all()[0].until);
    EXPECT_EQ(reader_->own_count(storage::kOutage).value(), 2) << "its beginning and its end";
    EXPECT_TRUE(reader_->verify({})->problem.empty());
}

TEST_F(OutageLogTest, AnOutageOverARestartStaysOne) {
    be("offline", 10s);
    const auto from = log_->all().at(0).from;
    sell(4);
    stop();
    clock_.advance(8h);
    start();
    be("online", 20s);  // it takes a moment until the box knows
    be("offline", 1h);
    be("online", kOutagesJoin + 2s);
    ASSERT_EQ(log_->all().size(), 1U);
    EXPECT_EQ(log_->all()[0].from, from);
    EXPECT_GE(*log_->all()[0].until - from, 9h);
    EXPECT_EQ(log_->all()[0].sales, 4);
    EXPECT_EQ(reader_->own_count(storage::kOutage).value(), 2);
    stop();
    start();
    be("online", 2s);
    EXPECT_EQ(log_->all().size(), 1U) << "and is known after the next one";
}

TEST_F(OutageLogTest, TheNewestComesFirst) {
    for (int i = 0; i < 2; ++i) {
        be("offline", 10s);
        be("online", kOutagesJoin + 2s);
    }
    const auto json = outages_json(log_->all());
    EXPECT_TRUE(scan_json(json)) << json;
    const auto all = log_->all();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_THAT(json, testing::StartsWith(R"({"outages":[{"from":")" + to_rfc3339(all[1].from, true)));
    EXPECT_THAT(json, HasSubstr(R"("state":"offline","cause":"no_dns")"));
}

TEST(Outages, WhatCannotBeReadIsLeftOut) {
    std::vector<storage::Entry> entries(3);
    entries[0].body = R"({"from":"yesterday"})";
    entries[1].body = R"({"from":"2026-11-20T10:00:00Z","until":null,"destinations":{"erp":7}})";
    const auto all = outages_of(entries);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_FALSE(all[0].until);
    EXPECT_TRUE(all[0].destinations.empty());
}

}  // namespace
}  // namespace tillkeeper::agent
