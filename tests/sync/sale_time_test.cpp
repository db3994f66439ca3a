// What a destination is told about time when the box did not know it. [sync-8]
#include "sync/sale_time.h"

#include <gmock/gmock.h>

#include "sync/request_builder.h"
#include "tests/fakes/seeded_random.h"
#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

WallTime at(std::string_view time) {
    return parse_rfc3339(time).value();
}

// Arrived ten seconds after the boot, when the box's clock said `box` and the till's `till`.
storage::Entry sold(std::string_view box, std::string_view till) {
    storage::Entry entry;
    entry.number = 7;
    entry.till = "t7";
    entry.transaction_id = "a-1";
    entry.type = "sale";
    entry.body = R"({"id":"a-1"})";
    entry.occurred_at = till;
    entry.arrival = {at(box), MonotonicTime(seconds(10)), "boot-1", false};
    return entry;
}

// It was `really` when the box had been up for ten seconds.
ClockOffset known(std::string_view really) {
    const Duration offset = at(really).time_since_epoch() - seconds(10);
    return [offset](const std::string& boot) { return boot == "boot-1" ? std::optional(offset) : std::nullopt; };
}

std::string body_of(const storage::Entry& entry, const ClockOffset& offset, const std::string& mapping = {}) {
    DestinationConfig config;
    config.name = "erp";
    config.gzip = false;
    config.mapping = mapping;
    fakes::SeededRandom random(1);
    auto builder = RequestBuilder::make(config, "0042", offset).value();
    EXPECT_TRUE(builder.map({entry}).empty());
    return builder.build({entry}, random).value().body;
}

TEST(SaleTime, ATrustedTimeIsToldAsItIs) {
    auto entry = sold("2026-11-21T10:00:00Z", "2026-11-21T11:00:00+01:00");
    entry.arrival.clock_trusted = true;
    const auto time = sale_time(entry, known("2026-11-21T12:00:00Z"));
    EXPECT_EQ(time.clock, SaleTime::Clock::kTrusted);
    EXPECT_EQ(time.arrived_at, entry.arrival.arrived_at);
    EXPECT_THAT(body_of(entry, {}), Not(HasSubstr("clock")));
}

TEST(SaleTime, ABoxAndATillFrom1970AreBothCorrectedAndTheOriginalsGoAlong) {
    const auto entry = sold("1970-01-01T00:00:10Z", "1970-01-01T01:00:09.500+01:00");
    const auto time = sale_time(entry, known("2026-11-21T10:42:07Z"));
    EXPECT_EQ(time.clock, SaleTime::Clock::kCorrected);
    EXPECT_EQ(time.arrived_at, at("2026-11-21T10:42:07Z"));
    EXPECT_EQ(time.occurred_at, "2026-11-21T11:42:06.500+01:00");
    EXPECT_EQ(time.business_day, "2026-11-21");
    const auto body = body_of(entry, known("2026-11-21T10:42:07Z"));
    EXPECT_THAT(body, HasSubstr(R"("time":"2026-11-21T11:42:06.500+01:00","clock":"corrected")"));
    EXPECT_THAT(body, HasSubstr(R"("arrivedat":"2026-11-21T10:42:07.000Z","arrivedatoriginal":"1970-01-01T00:00:10)"));
    EXPECT_THAT(body, HasSubstr(R"("timeoriginal":"1970-01-01T01:00:09.500+01:00","businessday":"2026-11-21")"));
    EXPECT_THAT(body, HasSubstr(R"("data":{"id":"a-1"})"));
}

TEST(SaleTime, ATillWithAClockOfItsOwnKeepsItsTime) {
    const auto entry = sold("1970-01-01T00:00:10Z", "2026-11-21T11:42:06+01:00");
    const auto time = sale_time(entry, known("2026-11-21T10:42:07Z"));
    EXPECT_EQ(time.clock, SaleTime::Clock::kCorrected);
    EXPECT_EQ(time.occurred_at, "");
    EXPECT_THAT(body_of(entry, known("2026-11-21T10:42:07Z")), HasSubstr(R"("time":"2026-11-21T11:42:06+01:00")"));
}

TEST(SaleTime, WithoutATrustedTimeItSaysSo) {
    const auto entry = sold("1970-01-01T00:00:10Z", "1970-01-01T00:00:09Z");
    EXPECT_EQ(sale_time(entry, {}).clock, SaleTime::Clock::kUntrusted);
    auto other = entry;
    other.arrival.boot_id = "boot-0";  // the time is known for another boot
    EXPECT_EQ(sale_time(other, known("2026-11-21T10:42:07Z")).clock, SaleTime::Clock::kUntrusted);
    EXPECT_THAT(body_of(entry, {}), HasSubstr(R"("clock":"untrusted")"));
    EXPECT_THAT(body_of(entry, {}), Not(HasSubstr("arrivedat")));
}

TEST(SaleTime, JumpsBothWays) {
    for (const auto* box : {"2046-11-21T10:42:07Z", "2026-11-21T03:00:00Z", "2027-01-01T00:00:00Z"}) {
        const auto time = sale_time(sold(box, box), known("2026-11-21T10:42:07Z"));
        EXPECT_EQ(time.arrived_at, at("2026-11-21T10:42:07Z")) << box;
        EXPECT_EQ(at(time.occurred_at), at("2026-11-21T10:42:07Z")) << box;
    }
}

TEST(SaleTime, ASmallStepCorrectsTheBoxAndNotTheTill) {
    const auto time = sale_time(sold("2026-11-21T10:41:07Z", "2026-11-21T10:41:07Z"), known("2026-11-21T10:42:07Z"));
    EXPECT_EQ(time.clock, SaleTime::Clock::kCorrected);
    EXPECT_EQ(time.occurred_at, "");
    const auto none = sale_time(sold("2026-11-21T10:42:07Z", ""), known("2026-11-21T10:42:07.4Z"));
    EXPECT_EQ(none.clock, SaleTime::Clock::kTrusted);  // it was right, only nobody knew
}

TEST(SaleTime, TheBusinessDayIsTheOneInTheTillsOwnOffset) {
    struct Case {
        std::string_view till, really, day, occurred;
    };
    for (const auto& c : {
             Case{"1970-01-01T02:00:10+02:00", "2026-11-20T22:30:00Z", "2026-11-21", "2026-11-21T00:30:00.000+02:00"},
             Case{"1969-12-31T19:00:10-05:00", "2026-11-21T03:30:00Z", "2026-11-20", "2026-11-20T22:30:00.000-05:00"},
             Case{"1970-01-01T05:30:10+05:30", "2028-02-28T18:45:00Z", "2028-02-29", "2028-02-29T00:15:00.000+05:30"},
             Case{"1970-01-01T00:00:10Z", "2028-02-29T23:59:59Z", "2028-02-29", "2028-02-29T23:59:59.000Z"},
             Case{"1970-01-01T01:00:10+01:00", "2027-02-28T23:30:00Z", "2027-03-01", "2027-03-01T00:30:00.000+01:00"},
             Case{"1970-01-01T01:00:10+01:00", "2026-12-31T23:30:00Z", "2027-01-01", "2027-01-01T00:30:00.000+01:00"},
         }) {
        const auto time = sale_time(sold("1970-01-01T00:00:10Z", c.till), known(c.really));
        EXPECT_EQ(time.business_day, c.day);
        EXPECT_EQ(time.occurred_at, c.occurred);
        EXPECT_EQ(at(time.occurred_at), at(c.really));
    }
}

// Europe/Berlin, 2026-10-25: 02:30 happens twice. The offsets tell the two apart.
TEST(SaleTime, TheHourThatHappensTwiceStaysInOrder) {
    EXPECT_EQ(at("2026-10-25T02:30:00+01:00") - at("2026-10-25T02:30:00+02:00"), hours(1));
    const auto first =
        sale_time(sold("1970-01-01T00:00:10Z", "1970-01-01T02:00:10+02:00"), known("2026-10-25T00:30:00Z"));
    const auto second =
        sale_time(sold("1970-01-01T00:00:10Z", "1970-01-01T01:00:10+01:00"), known("2026-10-25T01:30:00Z"));
    EXPECT_EQ(first.occurred_at, "2026-10-25T02:30:00.000+02:00");
    EXPECT_EQ(second.occurred_at, "2026-10-25T02:30:00.000+01:00");
    EXPECT_LT(at(first.occurred_at), at(second.occurred_at));
}

TEST(SaleTime, AMappingGetsTheCorrectedTimes) {
    const auto entry = sold("1970-01-01T00:00:10Z", "1970-01-01T00:00:10Z");
    const auto body = body_of(entry, known("2026-11-21T10:42:07Z"), "{clock, arrived_at, occurred_at, business_day}");
    EXPECT_THAT(body, HasSubstr(R"({"clock":"corrected","arrived_at":"2026-11-21T10:42:07.000Z",)"
                                R"("occurred_at":"2026-11-21T10:42:07.000Z","business_day":"2026-11-21"})"));
}

class UntrustedClock : public DestinationWorld {};

// The entry was read into memory long before the time was known.
TEST_F(UntrustedClock, WhatWaitedIsSentWithTheTimeThatIsKnownAtLast) {
    cut = true;
    device.trusted = false;
    device.boot = "boot-1";
    open();
    auto entry = sold("1970-01-01T00:00:10Z", "1970-01-01T00:00:10Z");
    entry.arrival.monotonic = clock.monotonic();
    journal.append(entry);
    const auto really = clock.wall();
    wake_all();
    run(minutes(3));
    device.trusted = true;
    cut = false;
    run(minutes(10));
    ASSERT_EQ(received["erp"].size(), 1U);
    EXPECT_THAT(received["erp"][0].body, HasSubstr(R"("arrivedat":")" + to_rfc3339(really, true)));
}

TEST_F(UntrustedClock, AnEarlierBootIsCorrectedByWhatTheJournalRemembers) {
    journal.clock_offsets["boot-1"] = at("2026-11-21T10:42:07Z").time_since_epoch() - seconds(10);
    journal.append(sold("1970-01-01T00:00:10Z", "1970-01-01T00:00:10Z"));
    open();
    run(seconds(5));
    ASSERT_EQ(received["erp"].size(), 1U);
    EXPECT_THAT(received["erp"][0].body, HasSubstr(R"("arrivedat":"2026-11-21T10:42:07.000Z")"));
}

}  // namespace
}  // namespace tillkeeper::sync
